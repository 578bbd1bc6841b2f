import Foundation
import GRDB
import MediaModel

/// What a ledger keeps of a picture beside its hash: one row a content.
struct StoredDetails: Sendable {
    let contentID: Int64
    let details: PictureDetails

    init(contentID: Int64, details: PictureDetails) { (self.contentID, self.details) = (contentID, details) }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    init(contentID: Int64, data: Data, checksum: Int64) throws {
        guard Self.checksum(contentID, data) == checksum, let details = PictureDetails(bytes: [UInt8](data)[...])
        else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the regions of an examined picture are not what was written")
        }
        (self.contentID, self.details) = (contentID, details)
    }

    func insert(_ db: Database) throws {
        let data = Data(details.bytes)
        try db.cachedStatement(sql: "INSERT INTO details (contentID, data, checksum) VALUES (?, ?, ?)")
            .execute(arguments: [contentID, data, Self.checksum(contentID, data)])
    }

    private static func checksum(_ contentID: Int64, _ data: Data) -> Int64 {
        var sum = RowChecksum()
        sum.add(contentID)
        sum.add(data)
        return sum.value
    }
}

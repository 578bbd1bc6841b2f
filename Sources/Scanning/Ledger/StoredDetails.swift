import Foundation
import GRDB
import MediaModel

/// What a ledger keeps of a picture beside its hash, one row a content, and of a video's frames, one row each.
struct StoredDetails: Sendable {
    let contentID: Int64
    /// The frame's number; nil for a picture.
    let frame: Int?
    let details: PictureDetails

    init(contentID: Int64, frame: Int? = nil, details: PictureDetails) {
        (self.contentID, self.frame, self.details) = (contentID, frame, details)
    }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    init(contentID: Int64, frame: Int? = nil, data: Data, checksum: Int64) throws {
        guard Self.checksum(contentID, frame, data) == checksum, let details = PictureDetails(bytes: [UInt8](data)[...])
        else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the regions of an examined picture are not what was written")
        }
        (self.contentID, self.frame, self.details) = (contentID, frame, details)
    }

    func insert(_ db: Database) throws {
        let data = Data(details.bytes)
        if let frame {
            return
                try db.cachedStatement(
                    sql: "INSERT INTO frameDetails (contentID, number, data, checksum) VALUES (?, ?, ?, ?)"
                ).execute(arguments: [contentID, frame, data, Self.checksum(contentID, frame, data)])
        }
        try db.cachedStatement(sql: "INSERT INTO details (contentID, data, checksum) VALUES (?, ?, ?)")
            .execute(arguments: [contentID, data, Self.checksum(contentID, nil, data)])
    }

    /// Of a video's frames.
    static func ofFrames(content id: Int64, _ db: Database) throws -> [StoredDetails] {
        try fetchFrames(db, where: "contentID = ?", [id])
    }

    /// Of the frames of all videos with a number in `range`.
    static func ofFrames(contents range: Range<Int64>, _ db: Database) throws -> [StoredDetails] {
        try fetchFrames(db, where: "contentID >= ? AND contentID < ?", [range.lowerBound, range.upperBound])
    }

    private static func fetchFrames(
        _ db: Database, where condition: String, _ arguments: StatementArguments
    ) throws -> [StoredDetails] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT contentID, number, data, checksum FROM frameDetails WHERE \(condition) ORDER BY number"),
            arguments: arguments
        ).map { row in
            try StoredDetails(
                contentID: row.decode(atIndex: 0), frame: row.decode(Int.self, atIndex: 1),
                data: row.decode(atIndex: 2), checksum: row.decode(atIndex: 3))
        }
    }

    private static func checksum(_ contentID: Int64, _ frame: Int?, _ data: Data) -> Int64 {
        var sum = RowChecksum()
        sum.add(contentID)
        if let frame { sum.add(Int64(frame)) }
        sum.add(data)
        return sum.value
    }
}

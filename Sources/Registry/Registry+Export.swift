import Foundation
import GRDB
import HashIndex
public import MediaModel

extension Registry {
    /// What may leave the registry of a reference, when the user asks for it: what other tools make of its file, too.
    public struct ExportedReference: Sendable, Hashable {
        public let id: ReferenceID
        /// A picture's own hash; nil for videos and for what is found by its bytes only.
        public let hash: Hash256?
        public let quality: Quality?
        /// Nil when it came from a list of hashes.
        public let sha256: SHA256Digest?
    }

    /// A case's references, by number.
    public func export(_ caseID: CaseID) throws(RegistryError) -> [ExportedReference] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT r.id, r.quality AS pictureQuality, r.sha256 AS digest, r.imported, h.* FROM reference r
                    LEFT JOIN referenceHash h ON h.referenceID = r.id AND h.number = 0 AND h.milliseconds IS NULL
                    WHERE r.caseID = ? ORDER BY r.id
                    """, arguments: [Self.row(of: caseID, db)]
            ).map { row in
                let hasHash = try row.decode(Int64?.self, forColumn: "referenceID") != nil
                let quality: Int? = try row.decode(forColumn: "pictureQuality")
                return ExportedReference(
                    id: ReferenceID(rawValue: try row.decode(forColumn: "id")),
                    hash: hasHash ? try Self.ownHash(row) : nil, quality: quality.map { Quality(rawValue: $0) },
                    sha256: try row.decode(String?.self, forColumn: "imported") == "pdq"
                        ? nil : try Self.digest(try row.decode(forColumn: "digest")))
            }
        }
    }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    private static func ownHash(_ row: Row) throws -> Hash256 {
        guard try hashChecksum(row) == row.decode(forColumn: "checksum"),
            let hash = Hash256(bytes: try row.decode(Data.self, forColumn: "hash"))
        else {
            let id: Int64 = try row.decode(forColumn: "referenceID")
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "a hash of reference \(id) is not what was written")
        }
        return hash
    }
}

import Foundation
import GRDB
public import MediaModel

extension Registry {
    /// All cases, by name.
    public func cases() throws(RegistryError) -> [Case] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT c.name, c.created, COUNT(r.id) AS count, COUNT(r.bytesOnlyReason) AS bytesOnly
                    FROM "case" c LEFT JOIN reference r ON r.caseID = c.id GROUP BY c.id ORDER BY c.name
                    """
            ).map { row in
                Case(
                    id: try Self.caseID(try row.decode(forColumn: "name")),
                    created: try row.decode(forColumn: "created"), references: try row.decode(forColumn: "count"),
                    bytesOnly: try row.decode(forColumn: "bytesOnly"))
            }
        }
    }

    /// The references of a case, or of all, by number.
    public func references(of caseID: CaseID? = nil) throws(RegistryError) -> [Reference] {
        let found = try reading { db in
            try Self.fetchReferences(
                db, where: caseID == nil ? "TRUE" : "c.name = ?", arguments: caseID.map { [$0.rawValue] } ?? [])
        }
        if let caseID, found.isEmpty, try !cases().contains(where: { $0.id == caseID }) {
            throw .unknownCase(caseID.rawValue)
        }
        return found
    }

    public func reference(_ id: ReferenceID) throws(RegistryError) -> Reference {
        let found = try reading { db in
            try Self.fetchReferences(db, where: "r.id = ?", arguments: [id.rawValue]).first
        }
        guard let found else { throw .unknownReference(id.rawValue) }
        return found
    }

    private static func fetchReferences(
        _ db: Database, where condition: String, arguments: StatementArguments
    ) throws -> [Reference] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.*, c.name, COALESCE(d.kept, 'plain') AS kept
                FROM reference r JOIN "case" c ON c.id = r.caseID
                LEFT JOIN referenceDetails d ON d.referenceID = r.id WHERE \(condition) ORDER BY r.id
                """, arguments: arguments
        ).map { row in
            let reason: String? = try row.decode(forColumn: "bytesOnlyReason")
            return Reference(
                id: ReferenceID(rawValue: try row.decode(forColumn: "id")),
                caseID: try caseID(try row.decode(forColumn: "name")),
                sha256: try digest(try row.decode(forColumn: "sha256")),
                byteCount: try row.decode(forColumn: "byteCount"), format: try row.decode(forColumn: "format"),
                width: try row.decode(forColumn: "width"), height: try row.decode(forColumn: "height"),
                quality: try row.decode(forColumn: "quality"), bytesOnly: reason.flatMap(BytesOnlyReason.init),
                fileName: try row.decode(forColumn: "fileName"),
                registered: try row.decode(forColumn: "registered"), hashCount: try row.decode(forColumn: "hashCount"),
                duration: try row.decode(forColumn: "duration"), kept: try row.decode(forColumn: "kept"),
                imported: try row.decode(String?.self, forColumn: "imported").flatMap(ListKind.init))
        }
    }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    static func details(_ row: Row) throws -> PictureDetails {
        let id: Int64 = try row.decode(forColumn: "referenceID")
        let data: Data = try row.decode(forColumn: "data")
        let sum = RegistryChecksum.details(reference: id, kept: try row.decode(forColumn: "kept"), data: data)
        guard try sum == row.decode(forColumn: "checksum"), let details = PictureDetails(bytes: [UInt8](data)[...])
        else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the crops of reference \(id) are not what was written")
        }
        return details
    }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    static func frameDetails(_ row: Row) throws -> DetailedPicture {
        let (id, milliseconds): (Int64, Int32) = (
            try row.decode(forColumn: "referenceID"), try row.decode(forColumn: "milliseconds")
        )
        let data: Data = try row.decode(forColumn: "data")
        let sum = RegistryChecksum.frameDetails(reference: id, milliseconds: milliseconds, data: data)
        guard try sum == row.decode(forColumn: "checksum"), let details = PictureDetails(bytes: [UInt8](data)[...])
        else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the frames of reference \(id) are not what was written")
        }
        return DetailedPicture(reference: ReferenceID(rawValue: id), milliseconds: milliseconds, details: details)
    }

    static func hashChecksum(_ row: Row) throws -> Int64 {
        RegistryChecksum.hash(
            reference: try row.decode(forColumn: "referenceID"), orientation: try row.decode(forColumn: "orientation"),
            convention: try row.decode(forColumn: "convention"),
            milliseconds: try row.decode(forColumn: "milliseconds"), quality: try row.decode(forColumn: "quality"),
            hash: try row.decode(forColumn: "hash"))
    }

    static func checkReference(_ row: Row) throws {
        let sum = RegistryChecksum.reference(
            caseID: try row.decode(forColumn: "caseID"), sha256: try row.decode(forColumn: "sha256"),
            quality: try row.decode(forColumn: "quality"), duration: try row.decode(forColumn: "duration"),
            bytesOnly: try row.decode(forColumn: "bytesOnlyReason"),
            hashCount: try row.decode(forColumn: "hashCount"))
        guard try sum == row.decode(forColumn: "checksum") else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT,
                message: "reference \(try row.decode(Int64.self, forColumn: "id")) is not what was written")
        }
    }

    static func caseID(_ name: String) throws -> CaseID {
        guard let id = CaseID(rawValue: name) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a case has an impossible name")
        }
        return id
    }

    static func digest(_ data: Data) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: [UInt8](data)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a digest is broken")
        }
        return digest
    }
}

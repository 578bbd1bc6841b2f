import Foundation
import GRDB
public import HashIndex
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
                    id: try Self.caseID(row["name"]), created: row["created"], references: row["count"],
                    bytesOnly: row["bytesOnly"])
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
                SELECT r.*, c.name
                FROM reference r JOIN "case" c ON c.id = r.caseID WHERE \(condition) ORDER BY r.id
                """, arguments: arguments
        ).map { row in
            let reason: String? = row["bytesOnlyReason"]
            return Reference(
                id: ReferenceID(rawValue: row["id"]), caseID: try caseID(row["name"]),
                sha256: try digest(row["sha256"]),
                byteCount: row["byteCount"], format: row["format"], width: row["width"], height: row["height"],
                quality: row["quality"], bytesOnly: reason.flatMap(BytesOnlyReason.init), fileName: row["fileName"],
                registered: row["registered"], hashCount: row["hashCount"])
        }
    }

    /// What a scan searches.
    public struct Snapshot: Sendable {
        public let references: [RegisteredReference]
        /// The hashes of those that are compared by hash and have the wanted quality.
        public let entries: [IndexEntry]
    }

    /// One consistent picture of the registry for a scan.
    ///
    /// - Parameters:
    ///   - qualityGate: references of lower quality are left to their bytes.
    ///   - caseID: only this case's references; nil for all.
    public func snapshot(
        convention: HashConvention, qualityGate: Quality, caseID: CaseID? = nil
    ) throws(RegistryError) -> Snapshot {
        if let caseID { _ = try references(of: caseID) }
        let (name, anyCase) = (caseID?.rawValue, caseID == nil)
        return try reading { db in
            let references = try Row.fetchAll(
                db,
                sql:
                    #"SELECT r.*, c.name FROM reference r JOIN "case" c ON c.id = r.caseID WHERE ? OR c.name = ? ORDER BY r.id"#,
                arguments: [anyCase, name]
            ).map { row in
                try Self.checkReference(row)
                return RegisteredReference(
                    id: ReferenceID(rawValue: row["id"]), caseID: try Self.caseID(row["name"]),
                    sha256: try Self.digest(row["sha256"]))
            }
            var entries: [IndexEntry] = []
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT h.referenceID, h.orientation, h.hash, h.checksum FROM referenceHash h
                    JOIN reference r ON r.id = h.referenceID JOIN "case" c ON c.id = r.caseID
                    WHERE h.convention = ? AND r.quality >= ? AND (? OR c.name = ?) ORDER BY h.referenceID, h.number
                    """, arguments: [convention.rawValue, qualityGate.rawValue, anyCase, name])
            while let row = try rows.next() {
                let data: Data = row["hash"]
                let sum = RegistryChecksum.hash(
                    reference: row["referenceID"], orientation: row["orientation"], convention: convention.rawValue,
                    hash: data)
                guard sum == row["checksum"], let hash = Hash256(bytes: data),
                    let orientation = Dihedral(rawValue: row["orientation"])
                else {
                    throw DatabaseError(
                        resultCode: .SQLITE_CORRUPT,
                        message: "a hash of reference \(row["referenceID"] as Int64) is not what was written")
                }
                entries.append(
                    IndexEntry(hash: hash, reference: ReferenceID(rawValue: row[0]), orientation: orientation))
            }
            return Snapshot(references: references, entries: entries)
        }
    }

    static func checkReference(_ row: Row) throws {
        let sum = RegistryChecksum.reference(
            caseID: row["caseID"], sha256: row["sha256"], quality: row["quality"], bytesOnly: row["bytesOnlyReason"],
            hashCount: row["hashCount"])
        guard sum == row["checksum"] else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "reference \(row["id"] as Int64) is not what was written")
        }
    }

    static func caseID(_ name: String) throws -> CaseID {
        guard let id = CaseID(rawValue: name) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a case has an impossible name")
        }
        return id
    }

    static func digest(_ data: Data) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: data) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a digest is broken")
        }
        return digest
    }
}

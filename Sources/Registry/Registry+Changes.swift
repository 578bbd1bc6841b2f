import Foundation
import GRDB
public import MediaModel

extension Registry {
    /// Adds references to a case, which is made when it is new; all of them or, on an error, none.
    public func add(_ references: [NewReference], to caseID: CaseID) throws(RegistryError) -> [Registration] {
        try writing { db in
            let now = Registry.now
            try db.execute(
                sql: #"INSERT INTO "case" (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"#,
                arguments: [caseID.rawValue, now])
            let row = try Int64.fetchOne(
                db, sql: #"SELECT id FROM "case" WHERE name = ?"#, arguments: [caseID.rawValue])!
            return try references.map { try Self.add($0, toCase: row, at: now, db) }
        }
    }

    private static func add(
        _ reference: NewReference, toCase row: Int64, at now: String, _ db: Database
    ) throws -> Registration {
        precondition(reference.hashes.isEmpty == (reference.bytesOnly != nil))
        let digest = Data(reference.sha256.bytes)
        let known = try Int64.fetchOne(
            db, sql: "SELECT id FROM reference WHERE caseID = ? AND sha256 = ?", arguments: [row, digest])
        if let known { return .known(ReferenceID(rawValue: known)) }
        try db.execute(
            sql: """
                INSERT INTO reference
                (caseID, sha256, byteCount, format, width, height, quality, bytesOnlyReason, hashCount, fileName,
                 registered, checksum)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                row, digest, reference.byteCount, reference.format.rawValue, reference.width, reference.height,
                reference.quality?.rawValue, reference.bytesOnly?.rawValue, reference.hashes.count, reference.fileName,
                now,
                RegistryChecksum.reference(
                    caseID: row, sha256: digest, quality: reference.quality?.rawValue,
                    bytesOnly: reference.bytesOnly?.rawValue, hashCount: reference.hashes.count),
            ])
        let id = db.lastInsertedRowID
        let insert = try db.cachedStatement(
            sql:
                "INSERT INTO referenceHash (referenceID, number, orientation, convention, hash, checksum) VALUES (?, ?, ?, ?, ?, ?)"
        )
        for (number, entry) in reference.hashes.enumerated() {
            let convention: HashConvention = number == 0 ? .fullSize : .aligned
            try insert.execute(arguments: [
                id, number, Int(entry.orientation.rawValue), convention.rawValue, Data(entry.hash.bytes),
                RegistryChecksum.hash(
                    reference: id, orientation: Int(entry.orientation.rawValue),
                    convention: convention.rawValue, hash: Data(entry.hash.bytes)),
            ])
        }
        return .added(ReferenceID(rawValue: id))
    }

    /// Removes a case and all that belongs to it. Returns how many references it had.
    public func remove(caseID: CaseID) throws(RegistryError) -> Int {
        let count = try writing { db in
            let row = try Int64.fetchOne(
                db, sql: #"SELECT id FROM "case" WHERE name = ?"#, arguments: [caseID.rawValue])
            guard let row else { throw RegistryError.unknownCase(caseID.rawValue) }
            let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM reference WHERE caseID = ?", arguments: [row])!
            try db.execute(sql: #"DELETE FROM "case" WHERE id = ?"#, arguments: [row])
            return count
        }
        try forgetLog()
        return count
    }

    /// Removes references; all of them or, when one is unknown, none.
    public func remove(references: [ReferenceID]) throws(RegistryError) {
        try writing { db in
            for id in references {
                try db.execute(sql: "DELETE FROM reference WHERE id = ?", arguments: [id.rawValue])
                guard db.changesCount == 1 else { throw RegistryError.unknownReference(id.rawValue) }
            }
        }
        try forgetLog()
    }

    /// The write-ahead log still holds what was deleted: empty it into the file.
    private func forgetLog() throws(RegistryError) {
        do {
            try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        } catch {
            let failure = RegistryError(error, path: path)
            throw failure == .locked(path: path) ? .removedButLogged(path: path) : failure
        }
    }
}

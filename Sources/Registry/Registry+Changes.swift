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
            let results = try references.map { try Self.add($0, toCase: row, at: now, db) }
            let hasChanged = results.contains { result in
                switch result {
                case .added: true
                case .improved(_, let gained): gained.isSearched
                case .known: false
                }
            }
            if hasChanged { try Self.countChange(db) }
            return results
        }
    }

    /// In the transaction of every change of references.
    static func countChange(_ db: Database) throws {
        try db.execute(sql: "UPDATE state SET generation = generation + 1")
    }

    static func add(
        _ reference: NewReference, toCase row: Int64, at now: String, _ db: Database
    ) throws -> Registration {
        precondition((reference.hashes.isEmpty && reference.frames.isEmpty) == (reference.bytesOnly != nil))
        let hashCount = reference.hashCount
        let digest = Data(reference.sha256.bytes)
        let known = try Int64.fetchOne(
            db, sql: "SELECT id FROM reference WHERE caseID = ? AND sha256 = ?", arguments: [row, digest])
        if let known {
            let gained = try improve(known, with: reference, db)
            let id = ReferenceID(rawValue: known)
            return gained.isNone ? .known(id) : .improved(id, gained)
        }
        try db.execute(
            sql: """
                INSERT INTO reference
                (caseID, sha256, byteCount, format, width, height, quality, duration, bytesOnlyReason, hashCount,
                 fileName, registered, imported, checksum)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                row, digest, reference.byteCount, reference.format.rawValue, reference.width, reference.height,
                reference.quality?.rawValue, reference.duration, reference.bytesOnly?.rawValue, hashCount,
                reference.fileName, now, reference.imported?.rawValue,
                RegistryChecksum.reference(
                    caseID: row, sha256: digest, quality: reference.quality?.rawValue, duration: reference.duration,
                    bytesOnly: reference.bytesOnly?.rawValue, hashCount: hashCount),
            ])
        let id = db.lastInsertedRowID
        try insertHashes(of: reference, id, db)
        try insertDetails(of: reference, id, db)
        if let digest = reference.listed { try add(digest, of: id, db) }
        return .added(ReferenceID(rawValue: id))
    }

    static func insertHashes(of reference: NewReference, _ id: Int64, _ db: Database) throws {
        var number = 0
        func insert(_ entry: OrientedHash, _ convention: HashConvention, of frame: FrameFeature?) throws {
            let (milliseconds, quality) = (frame.map { Int64($0.milliseconds) }, frame?.feature.quality.rawValue)
            let (orientation, hash) = (Int(entry.orientation.rawValue), Data(entry.hash.bytes))
            try db.cachedStatement(
                sql: """
                    INSERT INTO referenceHash
                    (referenceID, number, orientation, convention, milliseconds, quality, hash, checksum)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                id, number, orientation, convention.rawValue, milliseconds, quality, hash,
                RegistryChecksum.hash(
                    reference: id, orientation: orientation, convention: convention.rawValue,
                    milliseconds: milliseconds, quality: quality, hash: hash),
            ])
            number += 1
        }
        let turned: HashConvention = reference.imported == nil ? .aligned : .derived
        for entry in reference.hashes { try insert(entry, number == 0 ? .fullSize : turned, of: nil) }
        for frame in reference.frames {
            for entry in frame.hashes {
                let isDerived = reference.imported != nil && entry.orientation != .orig
                try insert(entry, isDerived ? .derived : .fullSize, of: frame.time)
            }
        }
    }

    static func insertDetails(of reference: NewReference, _ id: Int64, _ db: Database) throws {
        for frame in reference.frames where reference.kept == .full && !frame.details.isEmpty {
            let data = Data(frame.details.bytes)
            // Two frames of one moment: the first stays.
            try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO frameDetails (referenceID, milliseconds, data, checksum) VALUES (?, ?, ?, ?)
                    """
            ).execute(arguments: [
                id, frame.time.milliseconds, data,
                RegistryChecksum.frameDetails(reference: id, milliseconds: frame.time.milliseconds, data: data),
            ])
        }
        if reference.kept > .quick, reference.bytesOnly == nil {
            let (kept, data) = (reference.kept.kept, Data(reference.details.bytes))
            try db.cachedStatement(
                sql: "INSERT INTO referenceDetails (referenceID, kept, data, checksum) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [
                id, kept, data, RegistryChecksum.details(reference: id, kept: kept, data: data),
            ])
        }
    }

    /// Removes a case and all that belongs to it. Returns how many references it had.
    public func remove(caseID: CaseID) throws(RegistryError) -> Int {
        let count = try writing { db in
            let row = try Int64.fetchOne(
                db, sql: #"SELECT id FROM "case" WHERE name = ?"#, arguments: [caseID.rawValue])
            guard let row else { throw RegistryError.unknownCase(caseID.rawValue) }
            let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM reference WHERE caseID = ?", arguments: [row])!
            try db.execute(sql: #"DELETE FROM "case" WHERE id = ?"#, arguments: [row])
            try Self.countChange(db)
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
            try Self.countChange(db)
        }
        try forgetLog()
    }

    /// The write-ahead log still holds what was deleted: empty it into the file.
    func forgetLog() throws(RegistryError) {
        do {
            try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        } catch {
            let failure = RegistryError(error, path: path)
            throw failure == .locked(path: path) ? .removedButLogged(path: path) : failure
        }
    }
}

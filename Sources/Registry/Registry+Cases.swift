import Foundation
import GRDB
public import MediaModel

extension Registry {
    /// Opens a case, which is made when it is new; or closes one, or notes something.
    ///
    /// - Throws: `unknownCase`, unless it is opened.
    public func write(_ kind: CaseEvent.Kind, of caseID: CaseID, note: String?) throws(RegistryError) {
        try writing { db in
            let now = Registry.now
            if kind == .opened {
                try db.execute(
                    sql: #"INSERT INTO "case" (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"#,
                    arguments: [caseID.rawValue, now])
            }
            let row = try Self.row(of: caseID, db)
            try db.execute(
                sql: "INSERT INTO caseEvent (caseID, kind, time, note, checksum) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    row, kind.rawValue, now, note,
                    RegistryChecksum.journal(owner: row, state: kind.rawValue, time: now, note: note),
                ])
        }
    }

    /// What happened to a case, in order.
    public func events(of caseID: CaseID) throws(RegistryError) -> [CaseEvent] {
        try reading { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM caseEvent WHERE caseID = ? ORDER BY id", arguments: [Self.row(of: caseID, db)]
            ).map(Self.event)
        }
    }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    static func event(_ row: Row) throws -> CaseEvent {
        let (kind, time): (String, String) = (try row.decode(forColumn: "kind"), try row.decode(forColumn: "time"))
        let note: String? = try row.decode(forColumn: "note")
        let sum = RegistryChecksum.journal(
            owner: try row.decode(forColumn: "caseID"), state: kind, time: time, note: note)
        guard try sum == row.decode(forColumn: "checksum"), let kind = CaseEvent.Kind(rawValue: kind) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an event of a case is not what was written")
        }
        return CaseEvent(kind: kind, time: time, note: note)
    }

    /// Whether a case was closed and not opened again.
    public func isClosed(_ caseID: CaseID) throws(RegistryError) -> Bool {
        try events(of: caseID).last { $0.kind != .note }?.kind == .closed
    }

    /// Whether records were read before, to their end.
    public func hasRead(records: SHA256Digest) throws(RegistryError) -> Bool {
        try reading { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM readRecords WHERE sha256 = ?)", arguments: [Data(records.bytes)])!
        }
    }

    /// Remembers that records were read. False if they were before.
    ///
    /// - Parameter items: how many were examined.
    public func remember(records: SHA256Digest, items: Int, time: String) throws(RegistryError) -> Bool {
        try writing { db in
            try db.execute(
                sql: "INSERT INTO readRecords (sha256, time, items) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
                arguments: [Data(records.bytes), time, items])
            return db.changesCount == 1
        }
    }
}

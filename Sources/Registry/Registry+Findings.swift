import Foundation
import GRDB
public import MediaModel

extension Registry {
    /// Takes what a scan found; all of it or, on an error, none.
    ///
    /// - Parameter isRepeated: the same records were taken in before, so nothing that they name can be back.
    public func add(_ findings: [NewFinding], isRepeated: Bool = false) throws(RegistryError) -> [FindingUpdate] {
        try writing { db in try findings.map { try Self.add($0, isRepeated, db) } }
    }

    private static func add(_ new: NewFinding, _ isRepeated: Bool, _ db: Database) throws -> FindingUpdate {
        let row = try Int64.fetchOne(
            db.cachedStatement(
                sql: #"SELECT c.id FROM reference r JOIN "case" c ON c.id = r.caseID WHERE r.id = ? AND c.name = ?"#),
            arguments: [new.pair.reference.rawValue, new.caseID.rawValue])
        guard let row else { return .unknown }
        let pair = ItemPair(sha256: new.pair.sha256, reference: new.pair.reference)
        if try suppressedPairs(db, pair).contains(pair) { return .suppressed }
        let known = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM finding WHERE caseID = ? AND place = ?"),
            arguments: [row, new.place])
        guard let known else {
            try db.cachedStatement(sql: "INSERT INTO finding (caseID, place, host) VALUES (?, ?, ?)")
                .execute(arguments: [row, new.place, new.host])
            let finding = db.lastInsertedRowID
            try add(new.pair, to: finding, try write(.found, of: finding, at: new.seen, note: nil, db), db)
            return .new
        }
        let last = try lastEntry(of: known, db)
        let hasPair = try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM findingPair WHERE sha256 = ? AND referenceID = ? AND findingID = ?)"),
            arguments: [Data(new.pair.sha256.bytes), new.pair.reference.rawValue, known])!
        if hasPair, isRepeated { return .known }
        if last.state == .removed {
            guard new.seen > last.time else { return .seenBeforeRemoval }
            let entry = try write(.back, of: known, at: new.seen, note: nil, db)
            if !hasPair { try add(new.pair, to: known, entry, db) }
            return .back
        }
        guard !hasPair else { return .known }
        let hasBytes = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM findingPair WHERE sha256 = ? AND findingID = ?)"),
            arguments: [Data(new.pair.sha256.bytes), known])!
        if hasBytes, last.state == .found {
            // A person will see all that these bytes show.
            try add(new.pair, to: known, last.id, db)
            return .further
        }
        // Other bytes at a place that was decided about: nobody has looked at these.
        let state: FindingState = last.state == .notAMatch ? .found : last.state
        try add(new.pair, to: known, try write(state, of: known, at: new.seen, note: nil, db), db)
        return .changed
    }

    private static func add(_ pair: FoundPair, to finding: Int64, _ entry: Int64, _ db: Database) throws {
        let digest = Data(pair.sha256.bytes)
        try db.cachedStatement(
            sql: """
                INSERT INTO findingPair (sha256, referenceID, findingID, distance, found, journalID, checksum)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            digest, pair.reference.rawValue, finding, pair.distance, pair.evidence, entry,
            RegistryChecksum.pair(
                sha256: digest, reference: pair.reference.rawValue, finding: finding, journal: entry),
        ])
    }

    private static func write(
        _ state: FindingState, of finding: Int64, at time: String, note: String?, _ db: Database
    ) throws -> Int64 {
        try db.cachedStatement(
            sql: "INSERT INTO journal (findingID, state, time, note, checksum) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            finding, state.rawValue, time, note,
            RegistryChecksum.journal(owner: finding, state: state.rawValue, time: time, note: note),
        ])
        return db.lastInsertedRowID
    }

    private static func lastEntry(
        of finding: Int64, _ db: Database
    ) throws -> (id: Int64, state: FindingState, time: String) {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM journal WHERE findingID = ? ORDER BY id DESC LIMIT 1"),
            arguments: [finding])
        guard let row else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "finding \(finding) has no state")
        }
        return (try row.decode(forColumn: "id"), try state(row), try row.decode(forColumn: "time"))
    }

    /// All that happened to a finding, first to last.
    public func journal(of finding: Int64) throws(RegistryError) -> [JournalEntry] {
        try reading { db in try Self.journal(of: finding, db) }
    }

    private static func journal(of finding: Int64, limit: Int = -1, _ db: Database) throws -> [JournalEntry] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM journal WHERE findingID = ? ORDER BY id LIMIT ?"),
            arguments: [finding, limit]
        ).map { row in
            JournalEntry(
                state: try state(row), time: try row.decode(forColumn: "time"), note: try row.decode(forColumn: "note"))
        }
    }

    /// When it was first found.
    private static func found(_ finding: Int64, _ db: Database) throws -> String {
        guard let first = try journal(of: finding, limit: 1, db).first else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "finding \(finding) has no state")
        }
        return first.time
    }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    static func state(_ row: Row) throws -> FindingState {
        let (text, id): (String, Int64) = (
            try row.decode(forColumn: "state"), try row.decode(forColumn: "findingID")
        )
        let sum = RegistryChecksum.journal(
            owner: id, state: text, time: try row.decode(forColumn: "time"), note: try row.decode(forColumn: "note"))
        guard try sum == row.decode(forColumn: "checksum"), let state = FindingState(rawValue: text) else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the journal of finding \(id) is not what was written")
        }
        return state
    }

    /// Sets the state of a case's findings; of all or, when one can't be, of none. Who sets the same state again corrects
    /// its time.
    ///
    /// - Parameters:
    ///   - findings: their numbers.
    ///   - time: ISO 8601, UTC; nil for now.
    public func set(
        _ state: FindingState, of findings: [Int64], caseID: CaseID, time: String?, note: String?
    ) throws(RegistryError) {
        try writing { db in
            let (row, now) = (try Self.row(of: caseID, db), Registry.now)
            let time = time ?? now
            guard time <= now else { throw RegistryError.inFuture(time) }
            for finding in findings {
                guard
                    try Bool.fetchOne(
                        db, sql: "SELECT EXISTS (SELECT 1 FROM finding WHERE caseID = ? AND id = ?)",
                        arguments: [row, finding])!
                else { throw RegistryError.unknownPlace(String(finding)) }
                let found = try Self.found(finding, db)
                // A clock that is wrong by a little must not stop a person who decides now.
                guard time >= found || time == now else {
                    throw RegistryError.beforeFound(finding, time: time, found: found)
                }
                _ = try Self.write(state, of: finding, at: time, note: note, db)
            }
        }
    }

    static func row(of caseID: CaseID, _ db: Database) throws -> Int64 {
        guard
            let row = try Int64.fetchOne(
                db, sql: #"SELECT id FROM "case" WHERE name = ?"#, arguments: [caseID.rawValue])
        else { throw RegistryError.unknownCase(caseID.rawValue) }
        return row
    }

    /// Pairs whose last decision by a person is that they are no match.
    ///
    /// A decision covers the pairs that were known at its place when it was made.
    /// - Parameter only: just this one.
    static func suppressedPairs(_ db: Database, _ only: ItemPair? = nil) throws -> Set<ItemPair> {
        var pairs: Set<ItemPair> = []
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT p.sha256, p.referenceID, p.findingID, p.journalID, p.checksum, j.state, MAX(j.id)
                    FROM findingPair p JOIN journal j ON j.findingID = p.findingID AND j.id > p.journalID
                    WHERE j.state IN ('confirmed', 'not-a-match', 'requested', 'removed')
                    \(only == nil ? "" : "AND p.sha256 = ? AND p.referenceID = ?")
                    GROUP BY p.sha256, p.referenceID
                    """),
            arguments: only.map { [Data($0.sha256.bytes), $0.reference.rawValue] } ?? [])
        while let row = try rows.next() {
            let pair = try checkedPair(row)
            if try row.decode(String.self, forColumn: "state") == FindingState.notAMatch.rawValue { pairs.insert(pair) }
        }
        return pairs
    }

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    private static func checkedPair(_ row: Row) throws -> ItemPair {
        let digest: Data = try row.decode(forColumn: "sha256")
        let (reference, finding): (Int64, Int64) = (
            try row.decode(forColumn: "referenceID"), try row.decode(forColumn: "findingID")
        )
        let sum = RegistryChecksum.pair(
            sha256: digest, reference: reference, finding: finding, journal: try row.decode(forColumn: "journalID"))
        guard try sum == row.decode(forColumn: "checksum") else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "finding \(finding) is not what was written")
        }
        return ItemPair(sha256: try self.digest(digest), reference: ReferenceID(rawValue: reference))
    }

    /// The findings of a case, or of all, by case and number.
    public func findings(of caseID: CaseID? = nil, host: String? = nil) throws(RegistryError) -> [Finding] {
        try reading { db in
            if let caseID { _ = try Self.row(of: caseID, db) }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT f.id, f.place, f.host, c.name, j.* FROM finding f JOIN "case" c ON c.id = f.caseID
                    JOIN journal j ON j.id = (SELECT MAX(id) FROM journal WHERE findingID = f.id)
                    WHERE (? IS NULL OR c.name = ?) AND (? IS NULL OR f.host = ?) ORDER BY c.name, f.id
                    """, arguments: [caseID?.rawValue, caseID?.rawValue, host, host])
            return try rows.map { row in
                let id: Int64 = try row.decode(forColumn: "findingID")
                return Finding(
                    id: id, caseID: try Self.caseID(try row.decode(forColumn: "name")),
                    place: try row.decode(forColumn: "place"), host: try row.decode(forColumn: "host"),
                    found: try Self.found(id, db), state: try Self.state(row), time: try row.decode(forColumn: "time"),
                    note: try row.decode(forColumn: "note"), pairs: try Self.pairs(of: id, db))
            }
        }
    }

    private static func pairs(of finding: Int64, _ db: Database) throws -> [FoundPair] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM findingPair WHERE findingID = ? ORDER BY referenceID, sha256"),
            arguments: [finding]
        ).map { row in
            let pair = try checkedPair(row)
            return FoundPair(
                sha256: pair.sha256, reference: pair.reference, distance: try row.decode(forColumn: "distance"),
                evidence: try row.decode(forColumn: "found"))
        }
    }

    /// What is wrong with the journal, a sentence each.
    static func journalProblems(_ db: Database) throws -> [String] {
        var problems: [String] = []
        for (table, check) in [
            ("journal", { _ = try state($0) }), ("findingPair", { _ = try checkedPair($0) }),
            ("caseEvent", { _ = try event($0) }),
        ] as [(String, (Row) throws -> Void)] {
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(table)")
            while let row = try rows.next() {
                do { try check(row) } catch { problems.append("\((error as? DatabaseError)?.message ?? "").") }
            }
        }
        return problems
    }
}

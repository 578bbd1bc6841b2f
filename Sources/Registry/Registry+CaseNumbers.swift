import Foundation
import GRDB
public import MediaModel

extension Registry {
    /// A centre's figures: of everything, of a month, or of a host.
    public struct CaseNumbers: Sendable, Hashable {
        public internal(set) var cases = 0
        public internal(set) var references = 0
        public internal(set) var items = 0
        /// Places that a scan found, however they were decided.
        public internal(set) var found = 0
        public internal(set) var confirmed = 0
        public internal(set) var notAMatch = 0
        public internal(set) var requested = 0
        public internal(set) var removed = 0
        public internal(set) var back = 0
        /// From the first find to the first removal, of those that were removed.
        public internal(set) var medianSecondsToRemoval: Double?
        var secondsToRemoval: [Double] = []

        mutating func settle() {
            let sorted = secondsToRemoval.sorted()
            guard !sorted.isEmpty else { return }
            let middle = sorted.count / 2
            medianSecondsToRemoval =
                sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
    }

    /// In the manner of a yearly report.
    public struct CaseStatistics: Sendable {
        public internal(set) var total = CaseNumbers()
        /// By `2026-11`: what happened in that month.
        public internal(set) var months: [(name: String, numbers: CaseNumbers)] = []
        /// By name; the empty name is that of paths.
        public internal(set) var hosts: [(name: String, numbers: CaseNumbers)] = []

    }

    /// Each place counts once for each state that it was ever in, in the month in which it first was, as corrected.
    ///
    /// - Parameter caseID: of one case only; then items are left out, which belong to no case.
    public func caseStatistics(of caseID: CaseID? = nil) throws(RegistryError) -> CaseStatistics {
        try reading { db in
            if let caseID { _ = try Self.row(of: caseID, db) }
            var count = CaseCount()
            let name = caseID?.rawValue
            for time in try String.fetchAll(
                db, sql: #"SELECT created FROM "case" WHERE ? IS NULL OR name = ?"#, arguments: [name, name])
            {
                count.add(time, host: nil) { $0.cases += 1 }
            }
            for time in try String.fetchAll(
                db,
                sql:
                    #"SELECT r.registered FROM reference r JOIN "case" c ON c.id = r.caseID WHERE ? IS NULL OR c.name = ?"#,
                arguments: [name, name])
            {
                count.add(time, host: nil) { $0.references += 1 }
            }
            if caseID == nil {
                for row in try Row.fetchAll(db, sql: "SELECT time, items FROM readRecords") {
                    let items: Int = try row.decode(forColumn: "items")
                    count.add(try row.decode(forColumn: "time"), host: nil) { $0.items += items }
                }
            }
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT f.host, j.*, (
                        SELECT j.state = n.state AND NOT EXISTS (
                            SELECT 1 FROM findingPair p WHERE p.findingID = n.findingID AND p.journalID = n.id)
                        FROM journal n WHERE n.findingID = j.findingID AND n.id > j.id ORDER BY n.id LIMIT 1
                    ) AS isCorrected
                    FROM journal j JOIN finding f ON f.id = j.findingID
                    JOIN "case" c ON c.id = f.caseID WHERE ? IS NULL OR c.name = ? ORDER BY f.id, j.id
                    """, arguments: [name, name])
            var (finding, seen, foundAt) = (Int64(0), Set<FindingState>(), "")
            while let row = try rows.next() {
                let id: Int64 = try row.decode(forColumn: "findingID")
                let (time, host): (String, String) = (
                    try row.decode(forColumn: "time"), try row.decode(forColumn: "host")
                )
                if id != finding { (finding, seen, foundAt) = (id, [], time) }
                let state = try Self.state(row)
                // A person who sets the same state right again means it with the later entry's time.
                if try row.decode(Bool?.self, forColumn: "isCorrected") ?? false { continue }
                guard seen.insert(state).inserted else { continue }
                count.add(time, host: host) { numbers in
                    switch state {
                    case .found: numbers.found += 1
                    case .confirmed: numbers.confirmed += 1
                    case .notAMatch: numbers.notAMatch += 1
                    case .requested: numbers.requested += 1
                    case .removed:
                        numbers.removed += 1
                        if let seconds = Registry.seconds(from: foundAt, to: time), seconds >= 0 {
                            numbers.secondsToRemoval.append(seconds)
                        }
                    case .back: numbers.back += 1
                    }
                }
            }
            return count.statistics()
        }
    }

    private struct CaseCount {
        private var total = CaseNumbers()
        private var months: [String: CaseNumbers] = [:]
        private var hosts: [String: CaseNumbers] = [:]

        mutating func add(_ time: String, host: String?, _ count: (inout CaseNumbers) -> Void) {
            count(&total)
            count(&months[String(time.prefix(7)), default: CaseNumbers()])
            if let host { count(&hosts[host, default: CaseNumbers()]) }
        }

        consuming func statistics() -> CaseStatistics {
            func sorted(_ table: [String: CaseNumbers]) -> [(name: String, numbers: CaseNumbers)] {
                table.keys.sorted().map { name in
                    var numbers = table[name]!
                    numbers.settle()
                    return (name, numbers)
                }
            }
            var out = CaseStatistics()
            (out.total, out.months, out.hosts) = (total, sorted(months), sorted(hosts))
            out.total.settle()
            return out
        }
    }
}

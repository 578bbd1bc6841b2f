import Foundation
import GRDB
import HashIndex
import MediaModel

extension Registry {
    /// What is wrong with the registry, a sentence each; empty when it is sound.
    public func problems() throws(RegistryError) -> [String] {
        try reading { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
            if orphans > 0 { problems.append("\(orphans) rows belong to nothing.") }
            problems += try String.fetchAll(
                db,
                sql: """
                    SELECT 'Reference ' || r.id || ' has ' || COUNT(h.hash) || ' hashes instead of ' || r.hashCount || '.'
                    FROM reference r LEFT JOIN referenceHash h ON h.referenceID = r.id GROUP BY r.id
                    HAVING COUNT(h.hash) <> r.hashCount OR (r.hashCount = 0) <> (r.bytesOnlyReason IS NOT NULL)
                    """)
            problems += try Row.fetchAll(
                db, sql: "SELECT id, bytesOnlyReason FROM reference WHERE bytesOnlyReason IS NOT NULL"
            )
            .compactMap { row in
                BytesOnlyReason(rawValue: try row.decode(forColumn: "bytesOnlyReason")) == nil
                    ? "Reference \(try row.decode(Int64.self, forColumn: "id")) has an unknown reason for having no hash."
                    : nil
            }
            problems += try String.fetchAll(db, sql: #"SELECT name FROM "case""#)
                .compactMap { CaseID(rawValue: $0) == nil ? "A case has an impossible name." : nil }
            for row in try Row.fetchAll(db, sql: "SELECT * FROM reference") {
                do { try Self.checkReference(row) } catch {
                    problems.append("\((error as? DatabaseError)?.message ?? "").")
                }
            }
            let hashes = try Row.fetchCursor(db, sql: "SELECT * FROM referenceHash")
            while let row = try hashes.next() {
                let sum = try Self.hashChecksum(row)
                if try sum != row.decode(forColumn: "checksum") {
                    problems.append(
                        "Hash \(try row.decode(Int.self, forColumn: "number")) of reference \(try row.decode(Int64.self, forColumn: "referenceID")) is not what was written."
                    )
                }
            }
            let details = try Row.fetchCursor(db, sql: "SELECT * FROM referenceDetails")
            while let row = try details.next() {
                do { _ = try Self.details(row) } catch {
                    problems.append("\((error as? DatabaseError)?.message ?? "").")
                }
            }
            let frames = try Row.fetchCursor(db, sql: "SELECT * FROM frameDetails")
            while let row = try frames.next() {
                do { _ = try Self.frameDetails(row) } catch {
                    problems.append("\((error as? DatabaseError)?.message ?? "").")
                }
            }
            do { _ = try Self.listedDigests(db) } catch {
                problems.append("\((error as? DatabaseError)?.message ?? "").")
            }
            return problems + (try Self.journalProblems(db))
        }
    }

    /// What is wrong with the index files, if there are any: nothing is lost by that.
    public func indexProblems() -> [String] {
        func problem(_ path: String, _ check: () throws(IndexFileError) -> Void) -> String? {
            do throws(IndexFileError) { try check() } catch {
                if error == .missing { return nil }
                return Self.notice(error, path) + " `ansim registry compact` makes it anew."
            }
            return nil
        }
        return [
            problem(indexPath) { () throws(IndexFileError) in try IndexFile(path: indexPath).checkAll() },
            problem(detailsPath) { () throws(IndexFileError) in try DetailsFile(path: detailsPath).checkAll() },
        ].compactMap { $0 }
    }

    /// Numbers about the registry.
    public struct Statistics: Sendable, Hashable {
        public let cases: Int
        public let references: Int
        public let bytesOnly: Int
        public let hashes: Int
        /// Of the files on disk, bytes.
        public let byteCount: Int
    }

    public func statistics() throws(RegistryError) -> Statistics {
        let size = ["", "-wal", ".index", ".details"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
        return try reading { db in
            Statistics(
                cases: try Int.fetchOne(db, sql: #"SELECT COUNT(*) FROM "case""#)!,
                references: try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM reference")!,
                bytesOnly: try Int.fetchOne(db, sql: "SELECT COUNT(bytesOnlyReason) FROM reference")!,
                hashes: try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM referenceHash")!, byteCount: size)
        }
    }
}

import Foundation
import GRDB
package import MediaModel

/// Why an item could not be examined whose bytes could not be had: every scan tries it again, and then forgets this.
package struct StoredFailure: Sendable {
    /// As of a `StoredItem`.
    let path: [UInt8]
    let origin: Data
    let failure: ItemFailure

    package init(path: [UInt8], origin: Origin?, _ failure: ItemFailure) {
        (self.path, self.origin, self.failure) = (path, StoredItem.encoded(origin), failure)
    }

    func write(_ db: Database, settingsID: Int64) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO unexamined (path, origin, settingsID, verdict, reason, detail)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Data(path), origin, settingsID, failure.verdict.rawValue, failure.reason.rawValue, failure.detail,
        ])
    }

    static func forget(_ path: [UInt8], _ db: Database) throws {
        // Of an archive its members, too: a zero byte and their places follow.
        try db.cachedStatement(sql: "DELETE FROM unexamined WHERE path = ?1 OR path > ?2 AND path < ?3")
            .execute(arguments: [Data(path), Data(path + [0]), Data(path + [1])])
    }

    static func isAny(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM unexamined)")!
    }
}

extension Ledger {
    /// Items that could not be examined when they were last tried.
    public func unexaminedCount() throws(LedgerError) -> Int {
        try reading { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM unexamined")! }
    }
}

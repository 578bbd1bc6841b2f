import GRDB

/// Whether an SQLite file is of the kind that `applicationID` names, or has nothing in it yet: it is looked at before
/// anything could change it, unless it can't be read until a journal is rolled back.
///
/// - Parameter patience: seconds that another process's lock is waited for.
/// - Throws: what GRDB throws.
package func databaseFile(_ path: String, is applicationID: Int32, patience: Double) throws -> Bool {
    do {
        return try databaseFile(path, is: applicationID, patience, readOnly: true)
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
        // Whoever was killed left a journal of what was half written: who only reads can't roll it back.
        return try databaseFile(path, is: applicationID, patience, readOnly: false)
    }
}

private func databaseFile(
    _ path: String, is applicationID: Int32, _ patience: Double, readOnly: Bool
) throws -> Bool {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(patience)
    return try DatabaseQueue(path: path, configuration: configuration).read { db in
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        if application == applicationID { return true }
        // Made by us, but killed before the first transaction.
        let objects = try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM sqlite_master WHERE name NOT LIKE 'grdb%' AND name NOT LIKE 'sqlite%'")
        return application == 0 && objects == 0
    }
}

import DatabaseFiles
import Foundation
import GRDB
import MediaModel

/// The record of all that was ever examined: what a later scan need not decode again, and
/// what newly registered references are matched against.
///
/// Written in batches: a process that is killed loses at most the last second's work, which the next run does again.
/// Thread-safe.
public final class Ledger: @unchecked Sendable {  // the mutable state is under `lock`
    /// Where it lies.
    public let path: String
    /// What examined the items; other settings mean that they are examined anew.
    let settingsID: Int64
    /// Whether MD5 and SHA-1 of every item are kept: what was examined without them is examined anew then.
    let keepsDigests: Bool

    private let writer: DatabaseQueue
    private let reader: DatabaseQueue
    private let lock = Lock()
    private let claimsEnded: Condition
    private let flushLock = Lock()
    /// Examined, but not yet written.
    private var pending: [(item: StoredItem, content: StoredContent)] = []
    /// Whether earlier scans left any.
    private let hadFailures: Bool
    /// What could not be examined; of an archive that was opened, nil for what was said of it before.
    private var failures: [(path: [UInt8], failure: StoredFailure?)] = []
    /// The contents of `pending` and of the batch that is being written.
    private var unwritten: [SHA256Digest: StoredContent] = [:]
    /// Digests that some thread is decoding now.
    private var claimed: Set<SHA256Digest> = []
    private var lastFlush = ContinuousClock.now

    /// Items in a batch.
    private static let batch = 4000

    /// - Parameters:
    ///   - examination: digest of the settings that decide what an examination gives; nil for a
    ///     ledger that has to be there and is only read.
    ///   - keepsDigests: whether MD5 and SHA-1 of every item are kept, too.
    public init(path: String, examination: String?, keepsDigests: Bool = false) throws(LedgerError) {
        (self.path, self.keepsDigests) = (path, keepsDigests)
        claimsEnded = Condition(lock)
        do {
            if !FileManager.default.fileExists(atPath: path) {
                guard examination != nil else { throw LedgerError.missing(path: path) }
                // Readable by its owner alone, before SQLite writes to it: it holds hashes.
                let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                guard descriptor >= 0 else {
                    throw LedgerError.unusable(path: path, detail: String(cString: strerror(errno)))
                }
                close(descriptor)
            }
            try Self.checkKind(path, mayBeEmpty: examination != nil)
            writer = try DatabaseQueue(path: path, configuration: Self.configuration(journal: true))
            if try writer.read({ try LedgerSchema.migrator.hasBeenSuperseded($0) }) {
                throw LedgerError.newerVersion(path: path)
            }
            if try !writer.read({ try LedgerSchema.migrator.hasCompletedMigrations($0) }) {
                try LedgerSchema.migrator.migrate(writer)
            }
            reader = try DatabaseQueue(path: path, configuration: Self.configuration(journal: false))
            hadFailures = try reader.read { try StoredFailure.isAny($0) }
            guard let examination else {
                settingsID = -1
                return
            }
            settingsID = try writer.write { db in
                try db.execute(
                    sql: "INSERT INTO settings (digest) VALUES (?) ON CONFLICT DO NOTHING", arguments: [examination])
                return try Int64.fetchOne(
                    db, sql: "SELECT id FROM settings WHERE digest = ?", arguments: [examination])!
            }
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    private static func configuration(journal: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        if journal { configuration.journalMode = .wal }
        configuration.prepareDatabase { db in
            // After a power cut the last batches may be missing, never half there.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            try db.execute(sql: "PRAGMA secure_delete = ON")
            // KiB. A long scan inserts all over an index of digests.
            try db.execute(sql: "PRAGMA cache_size = \(journal ? -65536 : -16384)")
        }
        return configuration
    }

    private static func checkKind(_ path: String, mayBeEmpty: Bool) throws {
        guard try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int != 0 else {
            if mayBeEmpty { return }
            throw LedgerError.damaged(path: path, detail: "it is empty")
        }
        guard try databaseFile(path, is: LedgerSchema.applicationID, patience: 10) else {
            throw LedgerError.notALedger(path: path)
        }
    }

    // MARK: - Looking back

    /// Of contents, those of which all that is wanted is known. Of what killed its worker there are no further digests.
    private var sufficing: String {
        keepsDigests ? "AND (c.digests IS NOT NULL OR c.reason IN ('decoderCrashed', 'tooSlow'))" : ""
    }

    /// What was found in a file that has not changed since.
    package func recall(path: [UInt8], stamp: FileStamp) throws(LedgerError) -> StoredContent? {
        try reading { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(StoredContent.selection), i.origin, i.checksum AS itemChecksum
                    FROM item i JOIN content c ON c.id = i.contentID \(StoredContent.joins)
                    WHERE i.path = ? AND i.byteCount = ? AND i.modified = ? AND i.inode = ? AND c.settingsID = ? \(sufficing)
                    """)
            let row = try Row.fetchOne(
                statement, arguments: [Data(path), stamp.byteCount, stamp.modified, stamp.inode, settingsID])
            guard let row else { return nil }
            let content = try StoredContent(row: row, db)
            guard
                try StoredItem(path: path, stamp: stamp, stored: row.decode(forColumn: "origin")).checksum(
                    contentID: content.id!)
                    == row.decode(forColumn: "itemChecksum")
            else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "the record of a file is not what was written")
            }
            return content
        }
    }

    /// What is known of some bytes; or nothing, and then it is the caller who finds out, and
    /// has to call `remember` or `giveUp`. Waits while another thread is at it.
    func recallOrClaim(_ digest: SHA256Digest) throws(LedgerError) -> StoredContent? {
        let unwritten = lock.with { () -> StoredContent? in
            while claimed.contains(digest) { claimsEnded.wait(milliseconds: 1000) }
            if let content = self.unwritten[digest] { return content }
            claimed.insert(digest)
            return nil
        }
        if let unwritten { return unwritten }
        do {
            guard let content = try find(digest) else { return nil }
            giveUp(digest)
            return content
        } catch {
            giveUp(digest)
            throw error
        }
    }

    private func find(_ digest: SHA256Digest) throws(LedgerError) -> StoredContent? {
        try reading { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(StoredContent.selection) FROM content c \(StoredContent.joins)
                    WHERE c.digestKey = ? AND c.sha256 = ? AND c.settingsID = ? \(sufficing) LIMIT 1
                    """)
            let row = try Row.fetchOne(
                statement, arguments: [StoredContent.digestKey(digest), Data(digest.bytes), settingsID])
            return try row.map { try StoredContent(row: $0, db) }
        }
    }

    /// The claim ends without a result.
    func giveUp(_ digest: SHA256Digest) {
        lock.with {
            claimed.remove(digest)
            claimsEnded.wakeAll()
        }
    }

    // MARK: - Writing

    /// Keeps what was found in a file; ends a claim on its digest.
    package func remember(_ item: StoredItem, _ content: StoredContent) throws(LedgerError) {
        let isDue = lock.with {
            if content.id == nil { unwritten[content.sha256] = content }
            claimed.remove(content.sha256)
            pending.append((item, content))
            claimsEnded.wakeAll()
            return pending.count >= Self.batch || ContinuousClock.now - lastFlush > .seconds(1)
        }
        if isDue { try flush() }
    }

    /// Keeps why an item could not be examined.
    package func remember(_ failure: StoredFailure) throws(LedgerError) {
        try append(failure.path, failure)
    }

    /// An item is known, or an archive gone through anew: what an earlier scan said of it, and of an archive's members,
    /// does not hold any more.
    func forgetFailures(at path: [UInt8]) throws(LedgerError) {
        if hadFailures { try append(path, nil) }
    }

    private func append(_ path: [UInt8], _ failure: StoredFailure?) throws(LedgerError) {
        let isDue = lock.with {
            failures.append((path, failure))
            return failures.count >= Self.batch || ContinuousClock.now - lastFlush > .seconds(1)
        }
        if isDue { try flush() }
    }

    /// Writes what is pending.
    public func flush() throws(LedgerError) {
        let result = flushLock.with { () -> Result<Void, LedgerError> in
            let (batch, failures) = lock.with {
                defer {
                    pending.removeAll(keepingCapacity: true)
                    self.failures = []
                }
                lastFlush = .now
                return (pending, self.failures)
            }
            guard !batch.isEmpty || !failures.isEmpty else { return .success(()) }
            do {
                try writer.write { db in
                    for (path, failure) in failures {
                        if let failure {
                            try failure.write(db, settingsID: settingsID)
                        } else {
                            try StoredFailure.forget(path, db)
                        }
                    }
                    // Who failed and was tried again is here.
                    try write(batch, db)
                }
            } catch {
                return .failure(LedgerError(error, path: path))
            }
            lock.with { for entry in batch { unwritten[entry.content.sha256] = nil } }
            return .success(())
        }
        try result.get()
    }

    private func write(_ batch: [(item: StoredItem, content: StoredContent)], _ db: Database) throws {
        var ids: [SHA256Digest: Int64] = [:]
        let hasFailures = try StoredFailure.isAny(db)
        for (item, content) in batch {
            let id: Int64
            if let known = content.id ?? ids[content.sha256] {
                id = known
            } else if let known = try writtenMeanwhile(content.sha256, db) {
                id = known
            } else {
                id = try content.insert(db, settingsID: settingsID)
            }
            ids[content.sha256] = id
            try item.write(db, contentID: id)
            if hasFailures { try StoredFailure.forget(item.path, db) }
        }
    }

    /// A content of an earlier batch that an item of this one took over before it had a number.
    private func writtenMeanwhile(_ digest: SHA256Digest, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT c.id FROM content c
                    WHERE c.digestKey = ? AND c.sha256 = ? AND c.settingsID = ? \(sufficing) LIMIT 1
                    """),
            arguments: [StoredContent.digestKey(digest), Data(digest.bytes), settingsID])
    }

    func reading<R>(_ body: (Database) throws -> R) throws(LedgerError) -> R {
        // One statement each: a transaction around it would only cost time.
        do { return try reader.inDatabase(body) } catch { throw LedgerError(error, path: path) }
    }
}

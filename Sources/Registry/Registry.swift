import DatabaseFiles
import Foundation
import GRDB
import HashIndex

/// Cases and references in one SQLite file: hashes and numbers, never media.
///
/// Every change is one transaction, so a process that is killed leaves it whole.
public final class Registry: Sendable {
    /// Where it lies.
    public let path: String
    let database: DatabaseQueue

    /// The files that it consists of. While it is open no other descriptor of them may be closed in this process.
    public var files: [[UInt8]] {
        (["", "-wal", "-shm"].map { path + $0 }
            + [indexPath, detailsPath].flatMap { [$0, IndexFileLock.path(for: $0)] })
            .map { Array($0.utf8) }
    }

    /// How a command opens it.
    public enum Access: Sendable {
        /// It must be there and is only read: nothing is written, and no writer is waited for.
        case reading
        /// It must be there.
        case existing
        /// It is made when it is not there: folder 0700, file 0600.
        case makingIfMissing
    }

    public init(path: String, access: Access) throws(RegistryError) {
        self.path = path
        let size = try Self.size(of: path)
        if size == nil {
            guard access == .makingIfMissing else { throw .missing(path: path) }
            try Self.makeFolder(of: path)
        } else if size == 0 {
            // Never "nothing found" because a file was emptied, and never a new one in its place.
            throw .empty(path: path)
        }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.readonly = access == .reading
            if access != .reading { configuration.journalMode = .wal }
            configuration.foreignKeysEnabled = true
            if access != .reading {
                configuration.prepareDatabase { db in
                    // A removed victim's hashes must be gone from the disk too.
                    try db.execute(sql: "PRAGMA secure_delete = ON")
                    try db.execute(sql: "PRAGMA synchronous = FULL")
                }
            }
            // Two first registrations at once must not both make the tables. The lock is the folder's: to close
            // any descriptor of the file itself would drop the locks that SQLite holds on it (fcntl(2)).
            let folder = (path as NSString).deletingLastPathComponent
            let lock = access == .makingIfMissing ? open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC) : -1
            defer { if lock >= 0 { close(lock) } }
            if lock >= 0 { flock(lock, LOCK_EX) }
            if try Self.size(of: path) == nil { try Self.makeFile(path) }
            if try Self.size(of: path) ?? 0 > 0 { try Self.checkKind(path) }
            database = try DatabaseQueue(path: path, configuration: configuration)
            if try database.read({ try RegistrySchema.migrator.hasBeenSuperseded($0) }) {
                throw RegistryError.newerVersion(path: path)
            }
            // Not without need: it takes the write lock.
            if try !database.read({ try RegistrySchema.migrator.hasCompletedMigrations($0) }) {
                if access == .reading {
                    // A registry of an older version is brought up to date even by who only reads it.
                    guard try !database.read({ try RegistrySchema.migrator.appliedMigrations($0) }).isEmpty else {
                        throw RegistryError.notARegistry(path: path)
                    }
                    var writing = configuration
                    (writing.readonly, writing.journalMode) = (false, .wal)
                    let queue = try DatabaseQueue(path: path, configuration: writing)
                    try RegistrySchema.migrator.migrate(queue)
                    try queue.close()
                } else {
                    try RegistrySchema.migrator.migrate(database)
                }
            }
        } catch {
            throw RegistryError(error, path: path)
        }
    }

    /// Readable by its owner alone.
    private static func makeFolder(of path: String) throws(RegistryError) {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw .unusable(path: path, detail: "its folder can't be made")
        }
    }

    /// An empty registry, whole from its first moment: whoever is killed meanwhile leaves none.
    private static func makeFile(_ path: String) throws {
        let draft = path + ".draft"
        unlink(draft)
        // Readable by its owner alone, before SQLite writes to it.
        let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == ENOSPC
                ? RegistryError.diskFull(path: path)
                : RegistryError.unusable(path: path, detail: String(cString: strerror(errno)))
        }
        close(descriptor)
        do {
            // Who is killed while a file changes to WAL leaves a journal that has to be rolled back.
            var configuration = Configuration()
            configuration.journalMode = .wal
            let database = try DatabaseQueue(path: draft, configuration: configuration)
            try RegistrySchema.migrator.migrate(database)
            try database.close()
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else {
            throw RegistryError.unusable(path: path, detail: String(cString: strerror(errno)))
        }
    }

    /// Bytes; nil when there is no file.
    private static func size(of path: String) throws(RegistryError) -> Int? {
        var info = stat()
        guard stat(path, &info) == 0 else {
            if errno == ENOENT { return nil }
            throw .unusable(path: path, detail: String(cString: strerror(errno)))
        }
        guard info.st_mode & S_IFMT == S_IFREG else { throw .notARegistry(path: path) }
        return Int(info.st_size)
    }

    private static func checkKind(_ path: String) throws {
        guard try databaseFile(path, is: RegistrySchema.applicationID, patience: 5) else {
            throw RegistryError.notARegistry(path: path)
        }
    }

    func reading<R>(_ body: (Database) throws -> R) throws(RegistryError) -> R {
        do { return try database.read(body) } catch { throw RegistryError(error, path: path) }
    }

    func writing<R>(_ body: (Database) throws -> R) throws(RegistryError) -> R {
        do { return try database.write(body) } catch { throw RegistryError(error, path: path) }
    }

    static var now: String { Date.now.formatted(.iso8601) }

    /// ISO 8601, UTC.
    public static var currentTime: String { now }

    /// A time on the wall clock as the registry writes it: ISO 8601, UTC.
    public static func time(secondsSince1970 seconds: Int) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }

    /// The same time as the registry writes it; nil for a text that is no time of ISO 8601 with its zone.
    public static func time(_ text: String) -> String? {
        (try? Date.ISO8601FormatStyle().parse(text))?.formatted(.iso8601)
    }

    /// Of a time as the registry writes it.
    public static func secondsSince1970(_ time: String) -> Int64? {
        (try? Date.ISO8601FormatStyle().parse(time)).map { Int64($0.timeIntervalSince1970) }
    }

    /// Seconds from one time to another; nil when one is none.
    static func seconds(from start: String, to end: String) -> Double? {
        guard let a = try? Date.ISO8601FormatStyle().parse(start), let b = try? Date.ISO8601FormatStyle().parse(end)
        else { return nil }
        return b.timeIntervalSince(a)
    }
}

import Foundation
import GRDB
public import HashIndex
import MediaModel

/// What became of the index file.
public enum IndexFileUpdate: Sendable, Hashable {
    /// It was made anew; entries.
    case built(Int)
    /// It was good as it is.
    case current
    /// There are so few hashes that none is needed; there is none.
    case unneeded
    /// Another process makes one.
    case busy
    /// It can't be written here; there may be an old one.
    case failed(IndexFileError)
}

extension Registry {
    /// The hashes in the form in which they are searched, for registries that are not small. It holds nothing that the
    /// registry does not, and is made anew whenever it is not there.
    public var indexPath: String { Self.indexPath(of: path) }

    static func indexPath(of path: String) -> String { path + ".index" }

    /// Changes since the file was made that are better folded in: hashes.
    private static func isMuch(_ hashes: Int, beside count: Int) -> Bool {
        hashes > min(131_072, max(ReferenceIndex.fileLimit, count / 16))
    }

    /// Makes the index file anew when there is none that can be used, or too much has changed since.
    ///
    /// - Parameter waits: for another process that makes one.
    public func updateIndex(waits: Bool) throws(RegistryError) -> IndexFileUpdate {
        guard try reading({ try indexNeedsUpdate($0) }) else { return .current }
        guard let lock = IndexFileLock(path: indexPath, waits: waits) else { return .busy }
        return try withExtendedLifetime(lock) { () throws(RegistryError) in
            // Another process may have made it meanwhile.
            guard try reading({ try indexNeedsUpdate($0) }) else { return .current }
            return try buildIndex(reuses: true)
        }
    }

    /// Makes it anew whatever there is, because that can't be used; unless another process does, or it can't be written.
    func replaceIndex() throws(RegistryError) {
        guard let lock = IndexFileLock(path: indexPath, waits: false) else { return }
        _ = try withExtendedLifetime(lock) { () throws(RegistryError) in try buildIndex(reuses: false) }
    }

    private func indexNeedsUpdate(_ db: Database) throws -> Bool {
        guard let file = try? IndexFile(path: indexPath) else {
            return try Self.hashCount(db) > ReferenceIndex.fileLimit
        }
        let stamp = try Self.stamp(db)
        guard file.stamp != stamp else { return false }
        guard file.stamp.registry == stamp.registry, file.stamp.generation <= stamp.generation,
            let last = try? file.lastReference()
        else { return true }
        let added = try Int.fetchOne(
            db, sql: "SELECT COALESCE(SUM(hashCount), 0) FROM reference WHERE id > ?", arguments: [last.rawValue])!
        return Self.isMuch(added, beside: file.count)
    }

    /// - Parameter reuses: whether what the old file says of references that are still there is taken from it, when it is
    ///   sound; else all hashes are read from the tables.
    /// - Precondition: the index file's lock is held.
    private func buildIndex(reuses: Bool) throws(RegistryError) -> IndexFileUpdate {
        let (builder, stamp) = try reading { db in
            let (stamp, count) = (try Self.stamp(db), try Self.hashCount(db))
            var builder = IndexFileBuilder(expected: count)
            guard count > ReferenceIndex.fileLimit else { return (builder, stamp) }
            let old = reuses ? soundIndexFile(of: stamp) : nil
            try builder.add(old, Self.searchedReferences(db, nil), db)
            return (builder, stamp)
        }
        let count = builder.count
        guard count > 0 else {
            IndexFileLock.removeFiles(of: indexPath)
            return .unneeded
        }
        do throws(IndexFileError) {
            try builder.write(to: indexPath, stamp: stamp)
            return .built(count)
        } catch {
            return .failed(error)
        }
    }

    /// Nil unless there is one of this registry, with no block damaged.
    private func soundIndexFile(of stamp: IndexStamp) -> (file: IndexFile, references: [StoredReference])? {
        guard let file = try? IndexFile(path: indexPath), file.stamp.registry == stamp.registry,
            (try? file.checkAll()) != nil, let references = try? file.references()
        else { return nil }
        return (file, references)
    }

    /// Whether a file with this stamp is of the registry as it is.
    public func isCurrent(_ stamp: IndexStamp) throws(RegistryError) -> Bool {
        try reading { try Self.stamp($0) } == stamp
    }

    static func stamp(_ db: Database) throws -> IndexStamp {
        let row = try Row.fetchOne(db, sql: "SELECT identity, generation FROM state")
        guard let row, let identity: Data = try row.decode(atIndex: 0), identity.count == 16 else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "it does not say which registry it is")
        }
        return IndexStamp(registry: Array(identity), generation: try row.decode(atIndex: 1))
    }

    static func hashCount(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COALESCE(SUM(hashCount), 0) FROM reference")!
    }

    /// Overwrites on the disk what was removed: makes the index files anew, or removes them, and empties the log.
    ///
    /// - Parameter shrinks: whether room that became free is given back whatever it costs, else only when it is a quarter;
    ///   and whether the index files are made of the tables alone.
    /// - Returns: of both files; never `busy`.
    public func compact(
        shrinks: Bool
    ) throws(RegistryError) -> (index: IndexFileUpdate, details: IndexFileUpdate) {
        let update = try compactFile(indexPath, shrinks: shrinks, soundStamp: { soundIndexFile(of: $0)?.file.stamp }) {
            reuses throws(RegistryError) in
            try buildIndex(reuses: reuses)
        }
        do {
            try database.writeWithoutTransaction { db in
                let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count")!
                let all = try Int.fetchOne(db, sql: "PRAGMA page_count")!
                if shrinks || free > all / 4 {
                    try db.execute(sql: "VACUUM")
                }
            }
        } catch { throw RegistryError(error, path: path) }
        try forgetLog()
        // Last: it reads most, and what fails there must not keep the others from being overwritten.
        return (update, try compactDetails(shrinks: shrinks))
    }

    /// Makes an index file anew, or removes it: it or a draft may hold what is no longer there.
    ///
    /// - Parameters:
    ///   - soundStamp: of the file, when no block of it is damaged.
    ///   - build: makes it; told whether it may reuse the old one.
    func compactFile(
        _ file: String, shrinks: Bool, soundStamp: (IndexStamp) -> IndexStamp?,
        build: (Bool) throws(RegistryError) -> IndexFileUpdate
    ) throws(RegistryError) -> IndexFileUpdate {
        guard let lock = IndexFileLock(path: file, waits: true) else {
            throw .unusable(path: path, detail: "its folder can't be written to")
        }
        return try withExtendedLifetime(lock) { () throws(RegistryError) in
            let stamp = try reading { try Self.stamp($0) }
            if !shrinks, soundStamp(stamp) == stamp { return .current }
            let update: IndexFileUpdate
            do throws(RegistryError) { update = try build(!shrinks) } catch {
                IndexFileLock.removeFiles(of: file)
                throw error
            }
            if case .failed = update { IndexFileLock.removeFiles(of: file) }
            return update
        }
    }
}

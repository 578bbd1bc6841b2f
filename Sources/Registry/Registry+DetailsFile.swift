import Foundation
import GRDB
import HashIndex
import MediaModel

extension Registry {
    /// What pictures' parts are found by, in the form in which it is searched, for registries that are not small. It holds
    /// nothing that the registry does not, and is made anew whenever it is not there.
    public var detailsPath: String { Self.detailsPath(of: path) }

    static func detailsPath(of path: String) -> String { path + ".details" }

    /// Changes since the file was made that are better folded in: pictures, which take a third of a MiB each in memory.
    private static func isMuch(_ pictures: Int, beside count: Int) -> Bool {
        pictures > min(1024, max(256, count / 16))
    }

    /// So many take a minute or more.
    static let manyPictures = 20_000

    /// As `updateIndex`, of the details.
    ///
    /// - Parameter notice: is told, in a sentence, when it takes long.
    public func updateDetails(
        waits: Bool, notice: (String) -> Void = { _ in }
    ) throws(RegistryError) -> IndexFileUpdate {
        guard try reading({ try detailsNeedUpdate($0) }) else { return .current }
        guard let lock = IndexFileLock(path: detailsPath, waits: waits) else { return .busy }
        return try withExtendedLifetime(lock) { () throws(RegistryError) in
            // Another process may have made it meanwhile.
            guard try reading({ try detailsNeedUpdate($0) }) else { return .current }
            let known = (try? DetailsFile(path: detailsPath))?.count ?? 0
            let count = try reading { try Self.detailedCount($0) } - known
            if count >= Self.manyPictures {
                notice("The details of \(count) pictures are being indexed. It takes a minute or more, once.")
            }
            return try buildDetails(reuses: true)
        }
    }

    private func detailsNeedUpdate(_ db: Database) throws -> Bool {
        let (stamp, limit) = (try Self.stamp(db), DetailsPlace.fileLimit)
        guard let file = try? DetailsFile(path: detailsPath), let stored = try? file.pictures() else {
            return try Self.detailedCount(db) > limit
        }
        guard file.stamp != stamp else { return false }
        guard file.stamp.registry == stamp.registry, file.stamp.generation <= stamp.generation else { return true }
        let changes = DetailsChanges(stored, try Self.detailedPictures(db))
        return Self.isMuch(changes.places.count { $0 == nil }, beside: file.count)
    }

    /// - Parameter reuses: whether what the old file says of pictures that are still there is taken from it, when it is
    ///   sound; else all details are read from the tables.
    /// - Precondition: the details file's lock is held.
    func buildDetails(reuses: Bool) throws(RegistryError) -> IndexFileUpdate {
        let made = try reading { db -> (builder: DetailsFileBuilder, stamp: IndexStamp)? in
            let pictures = try Self.detailedPictures(db)
            guard pictures.count > DetailsPlace.fileLimit else { return nil }
            let stamp = try Self.stamp(db)
            let old = reuses ? soundDetailsFile(of: stamp) : nil
            var builder = try Self.builder(pictures, old, db)
            if !builder.isComplete { builder = try Self.builder(pictures, nil, db) }
            return (builder, stamp)
        }
        guard let made else {
            IndexFileLock.removeFiles(of: detailsPath)
            return .unneeded
        }
        let count = made.builder.count
        do throws(IndexFileError) {
            try made.builder.write(to: detailsPath, stamp: made.stamp)
            return .built(count)
        } catch {
            return .failed(error)
        }
    }

    private static func builder(
        _ pictures: [StoredPicture], _ old: (file: DetailsFile, pictures: [StoredPicture])?, _ db: Database
    ) throws -> DetailsFileBuilder {
        var builder = DetailsFileBuilder()
        var numbers = [Int32](repeating: -1, count: old?.pictures.count ?? 0)
        let changes = DetailsChanges(old?.pictures ?? [], pictures)
        for (picture, known) in zip(pictures, changes.places) {
            if let known {
                numbers[known] = Int32(builder.append(picture))
            } else {
                // A row that is not there any more can't be: this is one transaction.
                builder.add(try details(of: picture, db) ?? .none, of: picture)
            }
        }
        if let old { builder.takeOver(old.file, numbers) }
        return builder
    }

    /// Nil unless there is one of this registry, with no block damaged.
    private func soundDetailsFile(of stamp: IndexStamp) -> (file: DetailsFile, pictures: [StoredPicture])? {
        guard let file = try? DetailsFile(path: detailsPath), file.stamp.registry == stamp.registry,
            (try? file.checkAll()) != nil, let pictures = try? file.pictures()
        else { return nil }
        return (file, pictures)
    }

    /// As `compact`, of the details. Where there is no file, a removal makes none: who needs one does.
    func compactDetails(shrinks: Bool) throws(RegistryError) -> IndexFileUpdate {
        if !shrinks, !IndexFileLock.hasFiles(of: detailsPath) { return .unneeded }
        return try compactFile(
            detailsPath, shrinks: shrinks, soundStamp: { soundDetailsFile(of: $0)?.file.stamp }
        ) { reuses throws(RegistryError) in
            try buildDetails(reuses: reuses)
        }
    }
}

/// Where pictures' details are searched.
public enum DetailsPlace: String, Sendable, CaseIterable {
    case memory
    case file

    /// What `ANSIM_DETAILS` asks for, whatever it costs; nil when it is unset.
    ///
    /// - Throws: when it names none.
    public static func requested() throws(DetailsPlaceError) -> DetailsPlace? {
        guard let text = getenv("ANSIM_DETAILS") else { return nil }
        guard let place = DetailsPlace(rawValue: String(cString: text)) else { throw DetailsPlaceError() }
        return place
    }

    /// Pictures over which a file pays: in memory they take a third of a MiB and a millisecond each, in every scan, and
    /// looking their features up takes longer.
    static var fileLimit: Int {
        switch (try? requested()) ?? nil {
        case .memory: Int.max
        case .file: 0
        case nil: 128
        }
    }
}

/// `ANSIM_DETAILS` asks for a place that there is not.
public struct DetailsPlaceError: Error, CustomStringConvertible {
    public let description = "ANSIM_DETAILS is neither memory nor file; unset it to have what fits the registry."
}

/// How a registry's pictures differ from those of a details file. Both go by reference and time.
struct DetailsChanges {
    /// Of each picture of the registry, its number in the file; nil when the file lacks it.
    private(set) var places: [Int?] = []
    /// Of each picture of the file, whether it is gone, replaced, or not among the wanted ones.
    private(set) var isLeftOut: [Bool]

    init(_ stored: [StoredPicture], _ wanted: [StoredPicture]) {
        isLeftOut = [Bool](repeating: true, count: stored.count)
        places.reserveCapacity(wanted.count)
        var next = 0
        for picture in wanted {
            while next < stored.count, StoredPicture.isBefore(stored[next], picture) { next += 1 }
            guard next < stored.count, stored[next] == picture else {
                places.append(nil)
                continue
            }
            places.append(next)
            isLeftOut[next] = false
        }
    }
}

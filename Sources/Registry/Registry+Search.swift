import GRDB
public import HashIndex
public import MediaModel

extension Registry {
    /// What a scan searches.
    public struct Searchable: Sendable {
        public let references: [RegisteredReference]
        /// The hashes of those that are compared by hash and have the wanted quality.
        public let index: ReferenceIndex
        public let details: SearchableDetails
        /// Items' bytes that a person decided to show no such reference.
        public let suppressed: Set<ItemPair>
        /// As `Snapshot.digest`.
        public let digest: String
    }

    /// One consistent picture of the registry for a scan: from the index file and what has changed since, or, where there
    /// is none that can be used and none can be made, in memory.
    ///
    /// - Parameters:
    ///   - radius: the largest that will be searched.
    ///   - qualityGate: references of lower quality are left to their bytes.
    ///   - caseID: only this case's references; nil for all.
    ///   - depth: of the search that wants it; what only a deeper one needs is left out.
    ///   - detailsInMemory: pictures of which the parts are searched in memory, exactly; nil for the usual number.
    ///   - notice: is told, in a sentence, why the index file was not used; also later, on any thread.
    public func searchable(
        radius: Int, qualityGate: Quality, caseID: CaseID? = nil, depth: SearchDepth = .quick,
        detailsInMemory: Int? = nil, notice: @escaping @Sendable (String) -> Void
    ) throws(RegistryError) -> Searchable {
        if let caseID { _ = try references(of: caseID) } else { try prepareIndex(notice) }
        let detailsLimit = detailsInMemory ?? DetailsPlace.fileLimit
        if depth > .quick { try prepareDetails(caseID, over: detailsLimit, notice) }
        if let sentence = try reading({ try Self.notice(ofReferencesBelow: depth, caseID, $0) }) { notice(sentence) }
        let path = path
        var damage: IndexFileError?
        let found = try reading { db in
            let rows = try Self.searchedReferences(db, caseID)
            let details = try searchableDetails(
                db, caseID, gate: qualityGate, depth: depth, limit: detailsLimit, notice: notice)
            let listed = try Self.listedDigests(db)
            let (suppressed, digest) = (try Self.suppressedPairs(db), try Self.digest(db, of: rows))
            do {
                let stored = try storedIndex(db, rows, gate: qualityGate, radius: radius) { damage in
                    notice(
                        Self.notice(damage, Self.indexPath(of: path))
                            + " The hashes are read from the registry instead.")
                    let registry = try Registry(path: path, access: .reading)
                    try registry.replaceIndex()
                    let snapshot = try registry.snapshot(qualityGate: qualityGate, caseID: caseID)
                    return ReferenceIndex(entries: snapshot.entries, radius: radius)
                }
                if let stored {
                    return Searchable(
                        references: Self.registered(rows, stored.frameTimes, listed), index: stored.index,
                        details: details,
                        suppressed: suppressed, digest: digest)
                }
            } catch let error as IndexFileError { damage = error }
            let entries = try Self.entries(db, of: caseID == nil ? nil : rows, gate: qualityGate)
            return Searchable(
                references: Self.registered(rows, Self.frameTimes(entries), listed),
                index: ReferenceIndex(entries: entries, radius: radius), details: details, suppressed: suppressed,
                digest: digest)
        }
        if let damage {
            notice(Self.notice(damage, indexPath) + " The hashes were read from the registry instead.")
            try replaceIndex()
        }
        return found
    }

    /// A case with more hashes is searched in the file that holds all.
    private static let smallCase = 131_072

    /// Nil when there is no file, or none is needed.
    ///
    /// - Throws: `IndexFileError` when it can't be used.
    private func storedIndex(
        _ db: Database, _ rows: [SearchedReference], gate: Quality, radius: Int,
        recover: @escaping @Sendable (IndexFileError) throws -> ReferenceIndex
    ) throws -> (index: ReferenceIndex, frameTimes: [ReferenceID: [Int32]])? {
        let hashCount = rows.reduce(0) { $0 + $1.hashCount }
        // Whoever asks for a kind of index means one in memory.
        guard hashCount > ReferenceIndex.fileLimit, (try? IndexKind.requested()) == nil else { return nil }
        let file: IndexFile
        do throws(IndexFileError) { file = try IndexFile(path: indexPath) } catch {
            if error == .missing { return nil }
            throw error
        }
        guard try file.stamp.registry == Self.stamp(db).registry else { return nil }
        if hashCount <= Self.smallCase, hashCount < file.count / 2 { return nil }
        let stored = try file.references()
        let changes = IndexChanges(stored, rows)
        var times: [ReferenceID: [Int32]] = [:]
        for (number, reference) in stored.enumerated() where changes.durations[number] != nil {
            let found = try file.frameTimes(reference.rows, gate: gate)
            if !found.isEmpty { times[reference.id] = found }
        }
        let added = try Self.entries(db, of: changes.added, gate: gate)
        let index = StoredIndex(
            file: file, references: stored, isLeftOut: changes.isLeftOut, gate: gate,
            added: ReferenceIndex(entries: added, radius: radius), recover: recover)
        return (.stored(index), times.merging(Self.frameTimes(added)) { $1 })
    }

    /// Sees to it that there are index files, if it can.
    private func prepareIndex(_ notice: (String) -> Void) throws(RegistryError) {
        do throws(IndexFileError) { _ = try IndexFile(path: indexPath) } catch {
            if error != .missing { notice(Self.notice(error, indexPath) + " It is made anew if it can be.") }
        }
        _ = try updateIndex(waits: false)
    }

    /// The same for the details, when more than `limit` are searched: then they are not read into memory.
    private func prepareDetails(
        _ caseID: CaseID?, over limit: Int, _ notice: (String) -> Void
    ) throws(RegistryError) {
        let count = try reading { db in
            caseID == nil ? try Self.detailedCount(db) : try Self.detailedPictures(db, caseID).count
        }
        guard count > limit else { return }
        do throws(IndexFileError) { _ = try DetailsFile(path: detailsPath).pictures() } catch {
            if error != .missing { notice(Self.notice(error, detailsPath) + " It is made anew if it can be.") }
        }
        // So many are not read into memory only because another process makes the file just now.
        switch try updateDetails(waits: count >= Self.manyPictures, notice: notice) {
        case .failed(let error):
            notice(
                "The index file \(detailsPath) can't be written: \(error). Details that it lacks are read into memory.")
        case .busy where count < Self.manyPictures, .built, .current, .unneeded: break
        case .busy: notice("The index file \(detailsPath) can't be locked. The details are read into memory.")
        }
    }

    static func notice(_ error: IndexFileError, _ path: String) -> String {
        "The index file \(path) can't be used: \(error)."
    }
}

/// How a registry differs from its index file. Both go by ascending numbers.
struct IndexChanges {
    /// Of each reference of the file: gone, replaced, or not among the wanted ones.
    private(set) var isLeftOut: [Bool] = []
    /// Of each reference of the file that is a video, in ms.
    private(set) var durations: [Int64?] = []
    /// What the file lacks.
    private(set) var added: [Registry.SearchedReference] = []

    init(_ stored: [StoredReference], _ rows: [Registry.SearchedReference]) {
        isLeftOut = [Bool](repeating: true, count: stored.count)
        durations = [Int64?](repeating: nil, count: stored.count)
        var next = 0
        for row in rows where row.hashCount > 0 {
            while next < stored.count, stored[next].id < row.id { next += 1 }
            // The same number may mean another reference, when the registry was restored from a backup.
            guard next < stored.count, stored[next].id == row.id, stored[next].check == row.check,
                stored[next].rows.count == row.hashCount
            else {
                added.append(row)
                continue
            }
            (isLeftOut[next], durations[next]) = (false, row.duration)
        }
    }
}

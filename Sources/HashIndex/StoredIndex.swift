import Glibc
public import MediaModel

/// An index file with what has changed since: references that were added, in memory, and references that are gone.
///
/// When the file turns out to be damaged, what it held is fetched anew.
public final class StoredIndex: @unchecked Sendable {  // `replacement` is written under the lock
    private let file: IndexFile
    private let references: [StoredReference]
    private let isLeftOut: [Bool]
    private let gate: Quality
    private let added: ReferenceIndex
    private let recover: @Sendable (IndexFileError) throws -> ReferenceIndex
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var replacement: Result<ReferenceIndex, any Error>?

    /// - Parameters:
    ///   - references: of `file`.
    ///   - isLeftOut: of each of them, whether it is gone, or not wanted.
    ///   - gate: entries of lower quality are passed over.
    ///   - added: what the file lacks.
    ///   - recover: gives an index of everything when the file is damaged.
    public init(
        file: IndexFile, references: [StoredReference], isLeftOut: [Bool], gate: Quality, added: ReferenceIndex,
        recover: @escaping @Sendable (IndexFileError) throws -> ReferenceIndex
    ) {
        precondition(isLeftOut.count == references.count)
        (self.file, self.references, self.isLeftOut, self.gate) = (file, references, isLeftOut, gate)
        (self.added, self.recover) = (added, recover)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Every entry within `radius` bits of each query: by query; a reference's entries in their order.
    ///
    /// Nothing is found once the file is damaged and nothing can take its place: `failure` then says so.
    func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        do throws(IndexFileError) {
            let stored = try file.search(
                queries, radius: radius, gate: gate, references: references, isLeftOut: isLeftOut)
            return Self.merged(stored, added.search(queries, radius: radius))
        } catch {
            return (try? recovered(error).get())?.search(queries, radius: radius) ?? []
        }
    }

    func frames(of reference: ReferenceID, gate: Quality, atMost limit: Int) -> [Hash256] {
        let number = references.firstIndex { $0.id == reference }
        guard let number, !isLeftOut[number] else { return added.frames(of: reference, gate: gate, atMost: limit) }
        do throws(IndexFileError) { return try file.frames(references[number].rows, gate: gate, atMost: limit) } catch {
            return (try? recovered(error).get())?.frames(of: reference, gate: gate, atMost: limit) ?? []
        }
    }

    /// Why nothing can be searched any more; nil while all is well.
    var failure: (any Error)? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard case .failure(let failure) = replacement else { return nil }
        return failure
    }

    private func recovered(_ damage: IndexFileError) -> Result<ReferenceIndex, any Error> {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if let replacement { return replacement }
        let new = Result { try recover(damage) }
        replacement = new
        return new
    }

    private static func merged(_ stored: [IndexHit], _ added: [IndexHit]) -> [IndexHit] {
        if added.isEmpty { return stored }
        if stored.isEmpty { return added }
        var merged: [IndexHit] = []
        merged.reserveCapacity(stored.count + added.count)
        var next = 0
        for hit in stored {
            while next < added.count, added[next].query < hit.query {
                merged.append(added[next])
                next += 1
            }
            merged.append(hit)
        }
        return merged + added[next...]
    }
}

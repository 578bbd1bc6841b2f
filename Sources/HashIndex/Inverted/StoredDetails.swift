import Glibc
public import MediaModel

/// The pictures of a details file, each with a number: its place there. What they hold is fetched when it is looked at.
///
/// When the file turns out to be damaged, it is made anew.
public final class StoredDetails: @unchecked Sendable {  // what changes is written under the lock
    public let pictures: [StoredPicture]
    private let isLeftOut: [Bool]
    private let fetch: @Sendable (StoredPicture) throws -> PictureDetails?
    private let recover: @Sendable (IndexFileError) throws -> DetailsFile
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var source: Source
    private var problem: (any Error)?
    private var fetched: [Int: PictureDetails?] = [:]
    /// The numbers of `fetched`, the oldest first.
    private var order: [Int] = []

    /// A file, with the numbers that its pictures have here: -1 for those that are not searched.
    struct Source {
        let file: DetailsFile
        let numbers: [Int32]
    }

    /// Pictures whose details are kept: some 60 KiB each.
    private static let keptPictures = 256

    /// - Parameters:
    ///   - isLeftOut: of each picture of the file, whether it is gone, or not wanted.
    ///   - fetch: gives the details of a picture; nil when it is gone meanwhile.
    ///   - recover: gives a file of the registry as it is, when this one is damaged.
    public init(
        file: DetailsFile, pictures: [StoredPicture], isLeftOut: [Bool],
        fetch: @escaping @Sendable (StoredPicture) throws -> PictureDetails?,
        recover: @escaping @Sendable (IndexFileError) throws -> DetailsFile
    ) {
        precondition(pictures.count == file.count && isLeftOut.count == pictures.count)
        (self.pictures, self.isLeftOut) = (pictures, isLeftOut)
        source = Source(file: file, numbers: isLeftOut.indices.map { isLeftOut[$0] ? -1 : Int32($0) })
        (self.fetch, self.recover) = (fetch, recover)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    /// Why nothing can be searched any more: what comes after must not be relied on. Nil while all is well.
    public var failure: (any Error)? { locked { problem } }

    /// The number of a registered picture; nil when it is not here.
    public func number(ofPicture reference: ReferenceID) -> Int? {
        let place = pictures.partitioningIndex { $0.reference >= reference }
        guard place < pictures.count, pictures[place].reference == reference, pictures[place].milliseconds == nil,
            !isLeftOut[place]
        else { return nil }
        return place
    }

    /// What is known of a picture; nil when it is gone meanwhile, or can't be read: `failure` then says so.
    public func details(_ number: Int) -> PictureDetails? {
        if let known = locked({ fetched[number] }) { return known }
        do {
            let details = try fetch(pictures[number])
            locked {
                guard fetched.updateValue(details, forKey: number) == nil else { return }
                order.append(number)
                if order.count > Self.keptPictures { fetched[order.removeFirst()] = nil }
            }
            return details
        } catch {
            locked { problem = problem ?? error }
            return nil
        }
    }

    /// Runs a search in the file; once more when it is damaged and could be made anew. Empty when it could not.
    func searching<R>(_ body: (Source) throws(IndexFileError) -> [R]) -> [R] {
        let source = locked { self.source }
        do throws(IndexFileError) { return try body(source) } catch {
            guard let source = replacement(of: source.file, error) else { return [] }
            do throws(IndexFileError) { return try body(source) } catch {
                locked { problem = problem ?? error }
                return []
            }
        }
    }

    private func replacement(of file: DetailsFile, _ damage: IndexFileError) -> Source? {
        locked {
            if problem != nil { return nil }
            if source.file !== file { return source }
            do {
                let new = try recover(damage)
                // Numbers that were given before keep their meaning; what is new is for the next scan.
                var (numbers, next) = ([Int32](), 0)
                for picture in try new.pictures() {
                    while next < pictures.count, StoredPicture.isBefore(pictures[next], picture) { next += 1 }
                    let isKnown = next < pictures.count && pictures[next] == picture && !isLeftOut[next]
                    numbers.append(isKnown ? Int32(next) : -1)
                }
                source = Source(file: new, numbers: numbers)
                return source
            } catch {
                problem = error
                return nil
            }
        }
    }
}

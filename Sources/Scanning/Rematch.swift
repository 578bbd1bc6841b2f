import Foundation
import GRDB
public import HashIndex
public import Matching
public import MediaModel
import Synchronization

/// Matches everything that a ledger knows against references, without touching the media.
///
/// All hashes are looked up, on several threads; what hits is matched by the same rules as in a scan.
public struct Rematch: Sendable {
    private let ledger: Ledger
    private let matcher: Matcher
    private let index: ReferenceIndex
    private let digests: [SHA256Digest]
    private let threads: Int
    private let suppressed: Set<ItemPair>

    /// - Parameters:
    ///   - index: what `matcher` searches.
    ///   - digests: of the registered files.
    ///   - suppressed: what a person called no match.
    public init(
        ledger: Ledger, matcher: Matcher, index: ReferenceIndex, digests: [SHA256Digest], threads: Int,
        suppressed: Set<ItemPair> = []
    ) {
        self.suppressed = suppressed
        (self.ledger, self.matcher, self.index) = (ledger, matcher, index)
        (self.digests, self.threads) = (digests, max(1, threads))
    }

    /// Hands on the result of every item that shows a reference, and of every video of which more frames would have to be
    /// looked at to tell, in byte order of the paths.
    ///
    /// - Returns: counts; `items` counts all that the ledger knows.
    public func run(stop: StopFlag, write: (ItemResult) throws -> Void) throws -> SummaryRecord {
        var summary = SummaryRecord()
        (summary.references, summary.cases) = (matcher.referenceCount, matcher.caseCount)
        let contents = try Set(similarContents(stop: stop) + ledger.contents(withDigests: digests))
        summary.items = try ledger.reading { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM item")! }
        // One item at a time: millions may match.
        for (key, content) in try ledger.items(ofContents: contents) {
            guard !stop.isRequested else { break }
            guard let examination = try ledger.examination(of: key, content: content) else { continue }
            let result = ItemResult(examination, matcher: matcher, suppressed: suppressed)
            summary.suppressed += result.suppressed
            guard !result.matches.isEmpty else {
                if result.isPromising {
                    summary.verdicts[.partial, default: 0] += 1
                    try write(result.undecided)
                }
                continue
            }
            summary.matchedItems += 1
            summary.matches += result.matches.count
            summary.verdicts[.match, default: 0] += 1
            try write(result)
        }
        summary.isComplete = !stop.isRequested
        return summary
    }

    /// Contents whose hash is within the threshold of a reference's.
    private func similarContents(stop: StopFlag) throws -> [Int64] {
        let last = try ledger.reading { try Int64.fetchOne($0, sql: "SELECT MAX(id) FROM content") } ?? 0
        let next = Atomic<Int64>(0)
        let found = Mutex<Result<[Int64], LedgerError>>(.success([]))
        try withThreads(threads) {
            do throws(LedgerError) {
                let reader = try ledger.openReader()
                while !stop.isRequested {
                    let first = next.wrappingAdd(Self.chunk, ordering: .relaxed).oldValue
                    guard first <= last else { break }
                    let part = try similarContents(from: first, reader)
                    found.withLock { if case .success(let all) = $0 { $0 = .success(all + part) } }
                }
            } catch {
                let failure = error
                found.withLock { $0 = .failure(failure) }
            }
        }
        return try found.withLock { try $0.get() }
    }

    /// Contents that a thread looks up at a time.
    private static let chunk: Int64 = 16384

    /// Frames, of however many videos.
    private static let searchedTogether = 16384

    private func similarContents(from first: Int64, _ reader: DatabaseQueue) throws(LedgerError) -> [Int64] {
        let features = try ledger.features(in: first..<first + Self.chunk, gate: matcher.policy.qualityGate, reader)
        let hits = index.search(features.map(\.hash), radius: matcher.policy.threshold)
        return try hits.map { features[$0.query].contentID } + similarVideos(from: first, reader)
            + similarParts(from: first, reader) + listedContents(from: first, reader)
    }

    /// Contents whose MD5 or SHA-1 is on a list.
    private func listedContents(from first: Int64, _ reader: DatabaseQueue) throws(LedgerError) -> [Int64] {
        guard matcher.searchesDigests else { return [] }
        return try ledger.digests(in: first..<first + Self.chunk, reader).filter { matcher.lists($0.1) }.map(\.0)
    }

    /// Contents of which a part or a feature comes near a reference.
    private func similarParts(from first: Int64, _ reader: DatabaseQueue) throws(LedgerError) -> [Int64] {
        guard matcher.searchesDetails else { return [] }
        return try ledger.details(in: first..<first + Self.chunk, reader)
            .filter { matcher.comesNear($0.details, isFrame: $0.frame != nil) }.map(\.contentID)
    }

    private func similarVideos(from first: Int64, _ reader: DatabaseQueue) throws(LedgerError) -> [Int64] {
        var (found, owners, hashes): (Set<Int64>, [Int64], [Hash256]) = ([], [], [])
        func search() {
            for hit in index.search(hashes, radius: matcher.policy.threshold) { found.insert(owners[hit.query]) }
            owners.removeAll(keepingCapacity: true)
            hashes.removeAll(keepingCapacity: true)
        }
        try ledger.eachFrames(in: first..<first + Self.chunk, reader) { part in
            for frame in part.frames where frame.feature.isComparable(gate: matcher.policy.qualityGate) {
                owners.append(part.contentID)
                hashes.append(frame.feature.hash)
            }
            if hashes.count >= Self.searchedTogether { search() }
        }
        search()
        return found.sorted()
    }
}

/// Runs `body` on several threads at once and waits for all.
private func withThreads(_ count: Int, _ body: @Sendable () -> Void) throws {
    try withoutActuallyEscaping(body) { body in
        var threads: [WorkerThread] = []
        defer { for thread in threads { thread.join() } }
        for _ in 0..<count { threads.append(try WorkerThread(body)) }
    }
}

public import HashIndex
public import MediaModel
import Synchronization

/// Frames that registered videos of several unrelated cases have: intros, logos, test cards. They don't say which of the
/// videos is shown.
///
/// It is derived from what is registered at the time, so it does not depend on the order of registration and follows
/// removals. Immutable but for what it remembers, so shared freely between threads.
public final class CommonFrames: Sendable {
    private let index: ReferenceIndex
    /// Of registered videos.
    private let cases: [ReferenceID: CaseID]
    private let threshold: Int
    private let gate: Quality
    private let least: Int
    /// Of each video that was asked for, those that have most of its frames.
    private let copies = Mutex<[ReferenceID: [ReferenceID]]>([:])

    /// Two registered frames that are one and the same are this far apart at most, in bits.
    private static let margin = 8
    /// So many frames, evenly picked, stand for a video.
    private static let sampledFrames = 32

    /// Nil where no frame can be common.
    ///
    /// - Parameters:
    ///   - index: of all that is registered.
    ///   - references: all of them.
    public init?(index: ReferenceIndex, references: [RegisteredReference], policy: MatchingPolicy) {
        let videos = references.filter { $0.video != nil }
        guard policy.commonCases > 0, Set(videos.map(\.caseID)).count > policy.commonCases else { return nil }
        cases = Dictionary(uniqueKeysWithValues: videos.map { ($0.id, $0.caseID) })
        (self.index, threshold, gate) = (index, policy.threshold, policy.qualityGate)
        least = policy.commonCases
    }

    /// Videos with a frame near this one: within the threshold of a frame that is one with theirs.
    func holders(of hash: Hash256) -> Set<ReferenceID> {
        let hits = index.search([hash], radius: min(256, threshold + Self.margin))
        return Set(hits.lazy.filter { $0.milliseconds != nil }.map(\.reference))
    }

    /// Holders of a frame, copies of the same video together. Copies of copies are copies.
    func groups(of holders: Set<ReferenceID>) -> [[ReferenceID]] {
        guard holders.count > least else { return [] }
        var leader = Dictionary(uniqueKeysWithValues: holders.map { ($0, $0) })
        func first(_ reference: ReferenceID) -> ReferenceID {
            var reference = reference
            while let next = leader[reference], next != reference { reference = next }
            return reference
        }
        for holder in holders {
            for copy in copies(of: holder) where holders.contains(copy) {
                let (a, b) = (first(holder), first(copy))
                leader[max(a, b)] = min(a, b)
            }
        }
        return Array(Dictionary(grouping: holders, by: first).values)
    }

    /// Whether a frame of these holders says nothing of one of them: enough others, of as many other cases, have it,
    /// counting copies of the same video once and copies of `reference` not at all.
    func isCommon(_ groups: [[ReferenceID]], for reference: ReferenceID) -> Bool {
        guard let own = cases[reference], groups.count > least else { return false }
        var (count, others) = (0, Set<CaseID>())
        for group in groups where !group.contains(reference) {
            let found = group.compactMap { cases[$0] }.filter { $0 != own }
            guard !found.isEmpty else { continue }
            count += 1
            others.formUnion(found)
            if count >= least, others.count >= least { return true }
        }
        return false
    }

    /// Videos that have most of its frames.
    private func copies(of reference: ReferenceID) -> [ReferenceID] {
        if let known = copies.withLock({ $0[reference] }) { return known }
        let frames = index.frames(of: reference, gate: gate, atMost: Self.sampledFrames)
        var counts: [ReferenceID: Int] = [:]
        var last: (query: Int, references: Set<ReferenceID>) = (-1, [])
        for hit in index.search(frames, radius: threshold) where hit.milliseconds != nil && hit.reference != reference {
            if hit.query != last.query { last = (hit.query, []) }
            if last.references.insert(hit.reference).inserted { counts[hit.reference, default: 0] += 1 }
        }
        let found = counts.filter { 2 * $0.value > frames.count }.keys.sorted()
        copies.withLock { $0[reference] = found }
        return found
    }
}

/// Of one item's frames, which are common; each is looked up once.
struct CommonFrameLookup {
    private let common: CommonFrames?
    private var holders: [Hash256: Set<ReferenceID>] = [:]
    private var groups: [Set<ReferenceID>: [[ReferenceID]]] = [:]

    init(_ common: CommonFrames?) { self.common = common }

    /// - Parameters:
    ///   - hash: of the frame; nil when it has none that means anything.
    ///   - others: videos that have the frame, too, as was found in another way.
    mutating func isCommon(_ hash: Hash256?, for reference: ReferenceID, others: Set<ReferenceID> = []) -> Bool {
        guard let common else { return false }
        var found: Set<ReferenceID> = []
        if let hash {
            found = holders[hash] ?? common.holders(of: hash)
            holders[hash] = found
        }
        if !others.isEmpty { found.formUnion(others) }
        let together = groups[found] ?? common.groups(of: found)
        groups[found] = together
        return common.isCommon(together, for: reference)
    }
}

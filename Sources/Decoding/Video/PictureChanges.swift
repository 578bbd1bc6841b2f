/// Tells from the sizes of packets which frames between key frames show another picture than those before: what can't be
/// predicted costs about as much as a key frame, and what follows it can be predicted again. That tells cuts from movement.
///
/// The figures come from scenes of three seconds in a row, coded by x264, x265 and MPEG-4 without key frames at the cuts,
/// and from clips without cuts (Benchmarks/README.md).
struct PictureChanges {
    /// Of the last key frames and of the last others, bytes, the oldest first.
    private var keys: [Int] = []
    private var others: [Int] = []
    /// Packets since the last key frame.
    private var sinceKey = 0
    /// Which may be changes, by what came before them.
    private var candidates: [Candidate] = []
    private var lastChange: Int64?
    private var hidden = HiddenChanges()
    private var hasUnknownFrames = false
    /// In a slide show all packets are large, and few.
    private let isSlow: Bool

    private struct Candidate {
        let position: Int
        let size: Int
        let time: Int64
        var following = 0
        var largestFollowing = 0
    }

    /// Least part of a key frame's size.
    static let leastPart = 0.35
    /// Times larger than nearly all packets before, and than all of those that follow.
    static let (leastRatioBefore, leastRatioAfter) = (1.4, 1.6)
    /// Packets that follow: to the next one that others are predicted from, of the usual pyramids.
    static let followingCount = 5
    private static let (keyCount, otherCount) = (5, 32)
    /// Packets after a key frame from which on a change takes much decoding, where frames may be boosted and none can be left
    /// out. There it has to be larger than all of so many.
    private static let (lateCount, boostedCount) = (60, 64)
    /// Packets that are needed to compare with.
    private static let leastCount = 4
    /// Of frames, ms: when those of a video are shown so long, it is a slide show, and changes that follow each other
    /// faster are a flash.
    static let leastInterval: Int64 = 200

    /// - Parameter frameMilliseconds: from one frame to the next, on average.
    init(frameMilliseconds: Int64) { isSlow = frameMilliseconds >= Self.leastInterval }

    /// Whether sizes tell anything: not without key frames, nor where it is not known what packets hold.
    var areTold: Bool { !hasUnknownFrames && !keys.isEmpty }

    /// Takes the next packet in decoding order. - Returns: the positions of those that show another picture.
    mutating func append(_ facts: PacketFacts, at time: Int64, position: Int) -> [Int] {
        if facts.mayHoldHiddenFrames { hasUnknownFrames = true }
        guard !hasUnknownFrames else { return [] }
        let later =
            hidden.append(facts, position: position, key: facts.hidden.largest > 0 ? keySize : nil).map { [$0] } ?? []
        guard facts.isShown else { return later }
        let size = facts.shownSize
        if facts.isKey {
            append(size, to: &keys, Self.keyCount)
            sinceKey = 0
            return later + endCandidates()
        }
        sinceKey += 1
        let found = settle(size)
        if isCandidate(size, mayBeBoosted: facts.mayBeBoosted) {
            if isSlow {
                lastChange = time
                return later + [position]
            }
            candidates.append(Candidate(position: position, size: size, time: time))
        }
        append(size, to: &others, Self.boostedCount)
        return found.map { later + [$0] } ?? later
    }

    /// No packet follows that could say more. - Returns: as `append`.
    mutating func end() -> [Int] { endCandidates() + (hidden.end().map { [$0] } ?? []) }

    /// Of those that are left one at most is larger than the others.
    private mutating func endCandidates() -> [Int] {
        defer { candidates.removeAll() }
        return candidates.first { isApart($0.time) && isPeak($0) }.map { [$0.position] } ?? []
    }

    /// Bytes that a key frame takes.
    private var keySize: Int? { keys.last.map { min($0, keys.sorted()[keys.count / 2]) } }

    /// Of the candidates one at most is larger than the others.
    private mutating func settle(_ size: Int) -> Int? {
        guard !candidates.isEmpty else { return nil }
        for i in candidates.indices {
            candidates[i].following += 1
            candidates[i].largestFollowing = max(candidates[i].largestFollowing, size)
        }
        guard candidates[0].following == Self.followingCount else { return nil }
        let candidate = candidates.removeFirst()
        guard isPeak(candidate), isApart(candidate.time) else { return nil }
        lastChange = candidate.time
        return candidate.position
    }

    private func isCandidate(_ size: Int, mayBeBoosted: Bool) -> Bool {
        guard let key = keySize, Double(size) >= Self.leastPart * Double(key) else { return false }
        if isSlow { return true }
        guard others.count >= Self.leastCount else { return false }
        let last = others.suffix(Self.otherCount)
        let usual =
            mayBeBoosted && sinceKey > Self.lateCount
            ? others.max()! : last.sorted()[min(last.count - 1, last.count * 9 / 10)]
        return Double(size) >= Self.leastRatioBefore * Double(usual)
    }

    private func isPeak(_ candidate: Candidate) -> Bool {
        Double(candidate.size) >= Self.leastRatioAfter * Double(candidate.largestFollowing)
    }

    private func isApart(_ time: Int64) -> Bool { lastChange.map { abs(time - $0) >= Self.leastInterval } ?? true }

    private func append(_ size: Int, to sizes: inout [Int], _ limit: Int) {
        if sizes.count == limit { sizes.removeFirst() }
        sizes.append(size)
    }
}

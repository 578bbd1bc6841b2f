public import MediaModel

/// When a hit counts as a match.
public struct MatchingPolicy: Sendable, Hashable {
    /// Largest distance, in bits, 0...256. The field's usual 31 (SPEC 3).
    public var threshold: Int
    /// Least quality, of the item and of the reference, at which hashes are compared.
    public var qualityGate: Quality
    /// A video's frame that videos of so many other, unrelated cases have as well says nothing; 0: every frame counts.
    public var commonCases: Int
    /// Of videos: vPDQ's rule instead of agreement in time.
    public var vpdq: VPDQPolicy?

    public init(threshold: Int = 31, qualityGate: Quality = .usualGate, commonCases: Int = 3) {
        (self.threshold, self.qualityGate, self.commonCases) = (threshold, qualityGate, commonCases)
    }
}

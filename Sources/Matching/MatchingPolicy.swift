public import MediaModel

/// When a hit counts as a match.
public struct MatchingPolicy: Sendable, Hashable {
    /// Largest distance, in bits, 0...256. The field's usual 31 (SPEC 3).
    public var threshold: Int
    /// Least quality, of the item and of the reference, at which hashes are compared.
    public var qualityGate: Quality

    public init(threshold: Int = 31, qualityGate: Quality = .usualGate) {
        (self.threshold, self.qualityGate) = (threshold, qualityGate)
    }
}

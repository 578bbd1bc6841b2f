/// One hash of an item or a reference, with what is needed to judge it.
public struct Feature: Sendable, Hashable {
    public let hash: Hash256
    public let quality: Quality
    /// The hash is rounding noise (flat colour, gradient, stripes): it must never be
    /// matched or indexed, whatever its quality (SPEC 1.12).
    public let isDegenerate: Bool

    public init(hash: Hash256, quality: Quality, isDegenerate: Bool) {
        (self.hash, self.quality, self.isDegenerate) = (hash, quality, isDegenerate)
    }

    /// Whether the hash says enough of the picture to be compared.
    public func isComparable(gate: Quality) -> Bool { !isDegenerate && quality >= gate }
}

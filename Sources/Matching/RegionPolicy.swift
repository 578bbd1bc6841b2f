/// When hits of parts of pictures count as a match.
///
/// Measured by Benchmarks/robustness.
public struct RegionPolicy: Sendable, Hashable {
    /// Largest distance of a part's hash, with a second part that agrees in geometry.
    public var threshold = 31
    /// Largest distance of one that stands alone.
    public var aloneThreshold = 28

    public init() {}
}

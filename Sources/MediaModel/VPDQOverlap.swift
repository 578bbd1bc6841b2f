/// How much of two videos, as bags of frames, lies within the tolerance of the other.
public struct VPDQOverlap: Sendable, Hashable {
    /// Frames of the query that some frame of the compared video matches, and all that were kept.
    public let queryMatched: Int
    public let queryKept: Int
    public let comparedMatched: Int
    public let comparedKept: Int

    public init(queryMatched: Int, queryKept: Int, comparedMatched: Int, comparedKept: Int) {
        (self.queryMatched, self.queryKept) = (queryMatched, queryKept)
        (self.comparedMatched, self.comparedKept) = (comparedMatched, comparedKept)
    }

    /// 0...100; 0 when either video has no frames left.
    public var queryPercent: Double { percent(queryMatched, queryKept) }
    /// 0...100; 0 when either video has no frames left.
    public var comparedPercent: Double { percent(comparedMatched, comparedKept) }

    private func percent(_ matched: Int, _ kept: Int) -> Double {
        queryKept == 0 || comparedKept == 0 ? 0 : Double(matched) * 100 / Double(kept)
    }
}

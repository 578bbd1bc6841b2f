/// Where an inverted list lies in a file: the starts of its buckets (4 bytes each, and the end of the last one), then
/// the postings, by bucket and then by value.
struct InvertedListLayout: Sendable, Hashable {
    let count: Int
    /// Bytes of each.
    let postingBytes: Int
    /// Where it begins.
    let origin: Int

    /// Postings that a bucket has on average, to twice as many.
    private static let bucketPostings = 16
    static func bucketBits(_ count: Int) -> Int {
        let buckets = count / bucketPostings
        return max(8, min(22, buckets.bitWidth - buckets.leadingZeroBitCount - 1))
    }

    var bucketBits: Int { Self.bucketBits(count) }
    var buckets: Int { 1 << bucketBits }
    var starts: Int { origin }
    var postings: Int { origin + BandLayout.aligned(4 * (buckets + 1)) }
    var end: Int { postings + BandLayout.aligned(postingBytes * count) }
}

/// Where an inverted list lies in a file: the starts of its buckets (4 bytes each, and the end of the last one), then
/// the postings, by bucket and then by value.
struct InvertedListLayout: Sendable, Hashable {
    let count: Int
    /// Bytes of a posting.
    let postingBytes: Int
    let bucketBits: Int
    /// Where it begins.
    let origin: Int

    init<P: Posting>(of _: P.Type, count: Int, origin: Int) {
        (self.count, self.origin) = (count, origin)
        (postingBytes, bucketBits) = (P.byteCount, P.bucketBits(count))
    }

    var buckets: Int { 1 << bucketBits }
    var starts: Int { origin }
    var postings: Int { origin + BandLayout.aligned(4 * (buckets + 1)) }
    var end: Int { postings + BandLayout.aligned(postingBytes * count) }
}

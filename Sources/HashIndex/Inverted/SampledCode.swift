import MediaModel

/// 128 of a hash's 256 bits, by which an inverted list finds it: two of every four, of each word others.
///
/// The upper ones are the number of a bucket, the others a signature (Jegou, Douze, Schmid: "Hamming embedding and weak
/// geometric consistency", ECCV 2008).
struct SampledCode: Sendable, Hashable {
    let bits: UInt64
    /// What a longer signature has besides.
    let more: UInt64

    init(_ hash: Hash256) {
        let mask: UInt64 = 0x1111_1111_1111_1111
        bits =
            hash.word0 & mask | hash.word1 & (mask << 1) | hash.word2 & (mask << 2) | hash.word3 & (mask << 3)
        more =
            hash.word0 & (mask << 1) | hash.word1 & (mask << 2) | hash.word2 & (mask << 3) | hash.word3 & mask
    }

    /// Of 2^`bucketBits`, which are over 0.
    @inline(__always) func bucket(_ bucketBits: Int) -> Int { Int(truncatingIfNeeded: bits >> UInt64(64 - bucketBits)) }
}

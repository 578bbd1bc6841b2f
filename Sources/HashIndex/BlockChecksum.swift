/// The checksum of a block of an index file: 64 bits, at the speed of memory.
///
/// Eight sums, one for each word of a line, are mixed in steps that can be undone: whatever changes in one word alone
/// changes the result. It is against accidents, not against somebody who writes to the file.
struct BlockChecksum {
    static let blockBytes = BandLayout.alignment

    private static let factor: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let other: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    /// - Parameter seed: of the file and the block's number, so that no block passes for another one.
    @inline(__always) static func of(_ block: UnsafeRawPointer, count: Int = blockBytes, seed: UInt64) -> UInt64 {
        let words = block.assumingMemoryBound(to: UInt64.self)
        var (a, b, c, d) = (seed, seed ^ factor, seed ^ other, ~seed)
        var (e, f, g, h) = (a &+ factor, b &+ factor, c &+ factor, d &+ factor)
        for line in stride(from: 0, to: count / 8, by: 8) {
            a = turned((a ^ words[line]) &* factor, 29)
            b = turned((b ^ words[line + 1]) &* factor, 29)
            c = turned((c ^ words[line + 2]) &* factor, 29)
            d = turned((d ^ words[line + 3]) &* factor, 29)
            e = turned((e ^ words[line + 4]) &* factor, 29)
            f = turned((f ^ words[line + 5]) &* factor, 29)
            g = turned((g ^ words[line + 6]) &* factor, 29)
            h = turned((h ^ words[line + 7]) &* factor, 29)
        }
        var sum = seed
        for lane in [a, b, c, d, e, f, g, h] { sum = turned((sum ^ lane) &* other, 31) }
        return mixed(sum)
    }

    /// The seed of a block.
    @inline(__always) static func seed(_ file: UInt64, block: Int) -> UInt64 {
        mixed(file ^ UInt64(truncatingIfNeeded: block) &* factor)
    }

    /// A number from another one, each from just one.
    @inline(__always) static func mixed(_ value: UInt64) -> UInt64 {
        var z = (value ^ value >> 32) &* other
        z = (z ^ z >> 29) &* factor
        return z ^ z >> 32
    }

    @inline(__always) private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word << bits | word >> (64 - bits)
    }
}

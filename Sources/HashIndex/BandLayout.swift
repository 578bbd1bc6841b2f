import CKernels

/// Where the parts of a multi-index lie in one block of memory: the codes, then band by band the starts of the buckets,
/// the sketches and the rows of their places. Every part starts on a page, so that those of a file have blocks of their
/// own.
struct BandLayout: Sendable, Hashable {
    static let bands = Int(CK_BANDS)
    static let valueBits = 16

    /// How many codes there are.
    let count: Int
    /// Upper bits of a band's value by which its codes are put into buckets: the less codes, the less buckets, so that one
    /// look leads to about as many as are compared at once.
    var bucketBits: Int { max(8, min(Self.valueBits, (count / 8).bitWidth - (count / 8).leadingZeroBitCount - 1)) }
    var buckets: Int { 1 << bucketBits }
    /// Lower bits of a value that don't tell its bucket.
    var shift: Int { Self.valueBits - bucketBits }
    /// Where the codes begin.
    var origin = 0

    static let alignment = 4096
    static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) & ~(alignment - 1) }
    var codesBytes: Int { Self.aligned(32 * count) }
    var startsBytes: Int { Self.aligned(4 * (buckets + 1)) }
    var sketchesBytes: Int { Self.aligned(2 * (count + Int(CK_SKETCH_PADDING))) }
    var rowsBytes: Int { Self.aligned(4 * count) }
    var bandBytes: Int { startsBytes + sketchesBytes + rowsBytes }

    /// Where the last band ends.
    var end: Int { starts(Self.bands) }
    /// Of each part from the block's start.
    var codes: Int { origin }
    func starts(_ band: Int) -> Int { origin + codesBytes + band * bandBytes }
    func sketches(_ band: Int) -> Int { starts(band) + startsBytes }
    func rows(_ band: Int) -> Int { sketches(band) + sketchesBytes }

    /// What the kernels read of a block.
    func bands(of base: UnsafeRawPointer) -> [ck_band] {
        (0..<Self.bands).map { band in
            ck_band(
                starts: (base + starts(band)).assumingMemoryBound(to: UInt32.self),
                sketches: (base + sketches(band)).assumingMemoryBound(to: UInt16.self),
                rows: (base + rows(band)).assumingMemoryBound(to: UInt32.self))
        }
    }
}

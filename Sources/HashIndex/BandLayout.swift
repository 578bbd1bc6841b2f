import CKernels

/// Where the parts of a multi-index lie in one block of memory: the codes, then band by band the starts of the buckets,
/// the sketches and the rows of their places. Every part starts on a line of the cache.
struct BandLayout: Sendable, Hashable {
    static let bands = Int(CK_BANDS)
    static let buckets = 1 << 16

    /// How many codes there are.
    let count: Int

    private static func aligned(_ bytes: Int) -> Int { (bytes + 63) & ~63 }
    private var codesBytes: Int { Self.aligned(32 * count) }
    private var startsBytes: Int { Self.aligned(4 * (Self.buckets + 1)) }
    private var sketchesBytes: Int { Self.aligned(2 * (count + Int(CK_SKETCH_PADDING))) }
    private var rowsBytes: Int { Self.aligned(4 * count) }
    private var bandBytes: Int { startsBytes + sketchesBytes + rowsBytes }

    /// Of the whole block, at least one line.
    var byteCount: Int { max(64, codesBytes + Self.bands * bandBytes) }
    /// Of each part from the block's start.
    var codes: Int { 0 }
    func starts(_ band: Int) -> Int { codesBytes + band * bandBytes }
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

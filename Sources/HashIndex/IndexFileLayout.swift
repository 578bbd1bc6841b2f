/// Where the parts of an index file lie. The file is a multiple of blocks of 4096 bytes, and so is every part:
///
/// the header; a checksum of 8 bytes for each block after the checksums themselves; codes and bands as in memory; of each
/// entry its time (4 bytes) and its mark (orientation and quality, 2 bytes); the references (24 bytes each).
struct IndexFileLayout: Sendable, Hashable {
    static let blockBytes = BlockChecksum.blockBytes
    static let referenceBytes = 24
    /// More would not fit into the numbers of rows.
    static let maximumCount = Int(UInt32.max)

    let bands: BandLayout
    let referenceCount: Int
    let blockCount: Int

    /// Nil when there can't be so many.
    init?(count: Int, referenceCount: Int) {
        guard (0...Self.maximumCount).contains(count), (0...count).contains(referenceCount) else { return nil }
        // The checksums come before what they are of; their number follows from it.
        let bands = BandLayout(count: count)
        let entries = BandLayout.aligned(4 * count) + BandLayout.aligned(2 * count)
        let payload = bands.end + entries + BandLayout.aligned(Self.referenceBytes * referenceCount)
        blockCount = payload / Self.blockBytes
        self.bands = BandLayout(count: count, origin: Self.blockBytes + BandLayout.aligned(8 * blockCount))
        self.referenceCount = referenceCount
    }

    var count: Int { bands.count }
    var blocks: BlockPlaces { BlockPlaces(checksums: checksums, firstBlock: firstBlock, blockCount: blockCount) }
    var checksums: Int { Self.blockBytes }
    /// Where the checked blocks begin.
    var firstBlock: Int { bands.origin }
    var times: Int { bands.end }
    var marks: Int { times + BandLayout.aligned(4 * count) }
    var references: Int { marks + BandLayout.aligned(2 * count) }
    /// Bytes of the file.
    var end: Int { references + BandLayout.aligned(Self.referenceBytes * referenceCount) }

    /// The parts, in order, by their places in the file.
    var sections: [Range<Int>] {
        var starts = [bands.codes]
        for band in 0..<BandLayout.bands { starts += [bands.starts(band), bands.sketches(band), bands.rows(band)] }
        starts += [times, marks, references, end]
        return zip(starts, starts.dropFirst()).map { $0..<$1 }
    }
}

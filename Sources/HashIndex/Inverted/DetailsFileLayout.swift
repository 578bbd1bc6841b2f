/// Where the parts of a details file lie, each in blocks of 4096 bytes of its own: the header; a checksum of 8 bytes for
/// each block after the checksums themselves; the lists of crops and of features; the pictures (24 bytes each).
struct DetailsFileLayout: Sendable, Hashable {
    static let pictureBytes = 24

    let crops: InvertedListLayout
    let features: InvertedListLayout
    let pictureCount: Int
    let blockCount: Int

    /// Nil when there can't be so many.
    init?(crops: Int, features: Int, pictures: Int) {
        // Places are counted in 32 bits.
        guard (0..<Int(UInt32.max)).contains(crops), (0..<Int(UInt32.max)).contains(features),
            (0...maximumStoredPictures).contains(pictures)
        else { return nil }
        func lists(from origin: Int) -> (InvertedListLayout, InvertedListLayout) {
            let first = InvertedListLayout(of: CropPosting.self, count: crops, origin: origin)
            return (first, InvertedListLayout(of: FeaturePosting.self, count: features, origin: first.end))
        }
        let payload = lists(from: 0).1.end + BandLayout.aligned(Self.pictureBytes * pictures)
        blockCount = payload / BlockChecksum.blockBytes
        pictureCount = pictures
        (self.crops, self.features) = lists(from: BlockChecksum.blockBytes + BandLayout.aligned(8 * blockCount))
    }

    var blocks: BlockPlaces {
        BlockPlaces(checksums: checksums, firstBlock: crops.origin, blockCount: blockCount)
    }
    var checksums: Int { BlockChecksum.blockBytes }
    /// Bytes of the checksums, to the end of their last block.
    var checksumsBytes: Int { BandLayout.aligned(8 * blockCount) }
    var pictures: Int { features.end }
    /// Bytes of the file.
    var end: Int { pictures + BandLayout.aligned(Self.pictureBytes * pictureCount) }
}

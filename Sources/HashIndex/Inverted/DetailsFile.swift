import CKernels
import MediaModel

/// What the crops and local features of a registry's pictures are found by, in a file that is searched where it lies.
///
/// Two inverted lists name pictures that may hold something near a hash; the details themselves stay in the registry. What
/// lies near is missed with a small probability, see Benchmarks/README.md. Each block is checked before it is first read.
public final class DetailsFile: Sendable {
    public let stamp: IndexStamp
    private let file: MappedFile
    let layout: DetailsFileLayout
    let blocks: CheckedBlocks
    let kernels: Kernels

    public convenience init(path: String) throws(IndexFileError) { try self.init(MappedFile(path: path)) }

    /// Of a copy, for tests.
    public convenience init(bytes: [UInt8]) throws(IndexFileError) { try self.init(MappedFile(copying: bytes)) }

    private init(_ file: MappedFile, kernels: Kernels = .active) throws(IndexFileError) {
        (self.file, self.kernels) = (file, kernels)
        let header = try DetailsFileHeader(
            UnsafeRawBufferPointer(start: file.base, count: min(file.count, BlockChecksum.blockBytes)),
            byteCount: file.count)
        (stamp, layout) = (header.stamp, header.layout)
        let (checksums, count) = (file.base + layout.checksums, layout.checksumsBytes)
        guard header.checksumsChecksum == BlockChecksum.of(checksums, count: count, seed: header.seed)
        else { throw .damaged("its checksums are not what was written") }
        blocks = CheckedBlocks(file: file, places: layout.blocks, seed: header.seed) { _ in true }
    }

    /// How many pictures there are.
    public var count: Int { layout.pictureCount }
    /// How many bytes it has.
    public var byteCount: Int { layout.end }

    /// Checks every block and every number.
    public func checkAll() throws(IndexFileError) {
        try blocks.checkAll()
        _ = try pictures()
        try crops.checkAll()
        try features.checkAll()
    }

    /// By reference, a picture before frames.
    public func pictures() throws(IndexFileError) -> [StoredPicture] {
        try blocks.check(layout.pictures..<layout.end)
        let words = (file.base + layout.pictures).assumingMemoryBound(to: UInt64.self)
        var found: [StoredPicture] = []
        found.reserveCapacity(count)
        for number in 0..<count {
            guard let picture = StoredPicture(words + 3 * number),
                found.last.map({ StoredPicture.isBefore($0, picture) }) ?? true
            else { throw .damaged("its pictures make no sense") }
            found.append(picture)
        }
        return found
    }

    var crops: InvertedList<CropPosting> { list(layout.crops) }
    var features: InvertedList<FeaturePosting> { list(layout.features) }

    private func list<P>(_ layout: InvertedListLayout) -> InvertedList<P> {
        InvertedList(layout: layout, base: file.base, pictureCount: count, blocks: blocks, kernels: kernels)
    }
}

public import MediaModel

/// Makes a details file of pictures that come in order.
///
/// It holds 20 bytes a crop and 36 a feature, of which a picture has at most `PictureDetails.maximumHashes` and `featureCount`.
public struct DetailsFileBuilder {
    private var pictures: [StoredPicture] = []
    private var crops = PostingCollector<CropPosting>()
    private var features = PostingCollector<FeaturePosting>()

    /// Of a picture's local features, those that vote: the first ones.
    public static let featureCount = 500

    public init() {}

    /// How many pictures there are.
    public var count: Int { pictures.count }

    /// - Precondition: it comes after those before, by reference, a picture before frames; there is room for it.
    public mutating func add(_ details: PictureDetails, of picture: StoredPicture) {
        let number = append(picture)
        for hash in details.hashes {
            let code = SampledCode(hash.hash)
            crops.add(code, CropPosting(code, picture: number))
        }
        for feature in details.features.prefix(Self.featureCount) {
            let code = SampledCode(feature.descriptor)
            features.add(code, FeaturePosting(code, feature, picture: number))
        }
    }

    /// A picture whose postings come from another file.
    ///
    /// - Returns: its number, for `takeOver`.
    public mutating func append(_ picture: StoredPicture) -> Int {
        precondition(pictures.last.map { StoredPicture.isBefore($0, picture) } ?? true)
        precondition(pictures.count < maximumStoredPictures, "pictures are counted in 24 bits")
        pictures.append(picture)
        return pictures.count - 1
    }

    /// Takes over the postings of another file.
    ///
    /// - Parameter numbers: of each of its pictures, the one that it has here; -1 for those that are gone.
    /// - Precondition: the file is checked in whole.
    public mutating func takeOver(_ file: DetailsFile, _ numbers: [Int32]) {
        crops.takeOver(file.crops, numbers)
        features.takeOver(file.features, numbers)
    }

    /// Whether it can be written: not when far more were added than were taken over, whose codes are only known in part.
    public var isComplete: Bool { crops.isSortable && features.isSortable }

    /// Replaces the file. - Precondition: it is complete, and the lock of `path` is held.
    public consuming func write(to path: String, stamp: IndexStamp) throws(IndexFileError) {
        let draft = try IndexFileDraft(path: path)
        try write(stamp) { bytes, offset throws(IndexFileError) in try draft.write(bytes, at: offset) }
        try draft.finish()
    }

    /// The file's bytes, for tests.
    public consuming func bytes(stamp: IndexStamp) throws(IndexFileError) -> [UInt8] {
        var out: [UInt8] = []
        try write(stamp) { bytes, offset throws(IndexFileError) in
            if out.count < offset + bytes.count {
                out += [UInt8](repeating: 0, count: offset + bytes.count - out.count)
            }
            out.withUnsafeMutableBytes { $0[offset..<offset + bytes.count].copyBytes(from: bytes) }
        }
        return out
    }

    private consuming func write(
        _ stamp: IndexStamp, _ put: (UnsafeRawBufferPointer, Int) throws(IndexFileError) -> Void
    ) throws(IndexFileError) {
        let layout = DetailsFileLayout(crops: crops.count, features: features.count, pictures: pictures.count)
        guard let layout else { throw .unusable("it has too many pictures") }
        var header = DetailsFileHeader(stamp: stamp, layout: layout)
        let checksums = IndexMemory(count: layout.checksumsBytes)
        let sums = checksums.base.assumingMemoryBound(to: UInt64.self)
        let seed = header.seed
        func putPart(_ memory: IndexMemory, at offset: Int) throws(IndexFileError) {
            let first = (offset - layout.blocks.firstBlock) / BlockChecksum.blockBytes
            for block in 0..<memory.count / BlockChecksum.blockBytes {
                sums[first + block] = BlockChecksum.of(
                    memory.base + block * BlockChecksum.blockBytes,
                    seed: BlockChecksum.seed(seed, block: first + block))
            }
            try put(UnsafeRawBufferPointer(start: memory.base, count: memory.count), offset)
        }
        try putPart(crops.sorted(layout.crops), at: layout.crops.origin)
        crops = PostingCollector<CropPosting>()
        try putPart(features.sorted(layout.features), at: layout.features.origin)
        features = PostingCollector<FeaturePosting>()
        if !pictures.isEmpty {
            let memory = IndexMemory(count: layout.end - layout.pictures)
            let words = memory.base.assumingMemoryBound(to: UInt64.self)
            for (number, picture) in pictures.enumerated() {
                for (place, word) in picture.words.enumerated() { words[3 * number + place] = word }
            }
            try putPart(memory, at: layout.pictures)
        }
        header.checksumsChecksum = BlockChecksum.of(checksums.base, count: layout.checksumsBytes, seed: seed)
        try put(UnsafeRawBufferPointer(start: checksums.base, count: layout.checksumsBytes), layout.checksums)
        // Throws nothing but what `put` does.
        let bytes = header.bytes
        let result = bytes.withUnsafeBytes { bytes -> Result<Void, IndexFileError> in
            do throws(IndexFileError) { return .success(try put(bytes, 0)) } catch { return .failure(error) }
        }
        try result.get()
    }
}

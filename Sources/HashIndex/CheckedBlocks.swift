import CKernels
import MediaModel

/// Where the checked blocks of a file and their checksums lie.
struct BlockPlaces: Sendable, Hashable {
    let checksums: Int
    let firstBlock: Int
    let blockCount: Int
}

/// The blocks of an index file, each checked before it is first read: its checksum, and that no number in it leads out of
/// the file.
///
/// To check all at the opening would read a file of gigabytes for one look-up.
final class CheckedBlocks: @unchecked Sendable {  // flags are set by atomic stores; the file is only read
    private let file: MappedFile
    private let places: BlockPlaces
    private let seed: UInt64
    /// Whether the numbers of the block at a place are possible.
    private let isValid: @Sendable (Int) -> Bool
    /// One a block, and one more: whether all are checked.
    private let flags: IndexMemory

    private static let blockBytes = BlockChecksum.blockBytes

    /// - Precondition: the checksums themselves are checked.
    init(file: MappedFile, places: BlockPlaces, seed: UInt64, isValid: @escaping @Sendable (Int) -> Bool) {
        (self.file, self.places, self.seed, self.isValid) = (file, places, seed, isValid)
        flags = IndexMemory(count: places.blockCount + 1)
    }

    private func flag(_ block: Int) -> UnsafeMutablePointer<UInt8> {
        (flags.base + block).assumingMemoryBound(to: UInt8.self)
    }

    /// Whether every block is sound.
    var areAllChecked: Bool { ck_flag_is_set(flag(places.blockCount)) != 0 }

    func checkAll() throws(IndexFileError) {
        guard !areAllChecked else { return }
        for block in 0..<places.blockCount { try check(block: block) }
        ck_flag_set(flag(places.blockCount))
    }

    /// The blocks with the bytes at these places of the file.
    @inline(__always) func check(_ bytes: Range<Int>) throws(IndexFileError) {
        guard !bytes.isEmpty else { return }
        let first = (bytes.lowerBound - places.firstBlock) / Self.blockBytes
        let last = (bytes.upperBound - 1 - places.firstBlock) / Self.blockBytes
        for block in first...last { try check(block: block) }
    }

    @inline(__always) private func check(block: Int) throws(IndexFileError) {
        if ck_flag_is_set(flag(block)) == 0 { try checkNow(block) }
    }

    private func checkNow(_ block: Int) throws(IndexFileError) {
        let offset = places.firstBlock + block * Self.blockBytes
        let checksums = (file.base + places.checksums).assumingMemoryBound(to: UInt64.self)
        let sum = BlockChecksum.of(file.base + offset, seed: BlockChecksum.seed(seed, block: block))
        guard sum == checksums[block], isValid(offset) else {
            throw .damaged("the 4096 bytes from \(offset) on are not what was written")
        }
        ck_flag_set(flag(block))
    }
}

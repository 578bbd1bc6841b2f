import CKernels
import MediaModel

/// The blocks of an index file, each checked before it is first read: its checksum, and that no number in it leads out of
/// the file.
///
/// To check all at the opening would read a file of gigabytes for one look-up.
final class CheckedBlocks: @unchecked Sendable {  // flags are set by atomic stores; the file is only read
    private let file: MappedFile
    private let layout: IndexFileLayout
    private let seed: UInt64
    /// One a block, and one more: whether all are checked.
    private let flags: IndexMemory

    private static let blockBytes = BlockChecksum.blockBytes

    /// - Precondition: the checksums themselves are checked.
    init(file: MappedFile, layout: IndexFileLayout, seed: UInt64) {
        (self.file, self.layout, self.seed) = (file, layout, seed)
        flags = IndexMemory(count: layout.blockCount + 1)
    }

    private func flag(_ block: Int) -> UnsafeMutablePointer<UInt8> {
        (flags.base + block).assumingMemoryBound(to: UInt8.self)
    }

    /// Whether every block is sound.
    var areAllChecked: Bool { ck_flag_is_set(flag(layout.blockCount)) != 0 }

    func checkAll() throws(IndexFileError) {
        guard !areAllChecked else { return }
        for block in 0..<layout.blockCount { try check(block: block) }
        ck_flag_set(flag(layout.blockCount))
    }

    /// The blocks with the bytes at these places of the file.
    @inline(__always) func check(_ bytes: Range<Int>) throws(IndexFileError) {
        guard !bytes.isEmpty else { return }
        let first = (bytes.lowerBound - layout.firstBlock) / Self.blockBytes
        let last = (bytes.upperBound - 1 - layout.firstBlock) / Self.blockBytes
        for block in first...last { try check(block: block) }
    }

    @inline(__always) private func check(block: Int) throws(IndexFileError) {
        if ck_flag_is_set(flag(block)) == 0 { try checkNow(block) }
    }

    private func checkNow(_ block: Int) throws(IndexFileError) {
        let offset = layout.firstBlock + block * Self.blockBytes
        let checksums = (file.base + layout.checksums).assumingMemoryBound(to: UInt64.self)
        let sum = BlockChecksum.of(file.base + offset, seed: BlockChecksum.seed(seed, block: block))
        guard sum == checksums[block], isValid(offset) else {
            throw .damaged("the 4096 bytes from \(offset) on are not what was written")
        }
        ck_flag_set(flag(block))
    }

    /// Whether the numbers of the block at `offset` are possible.
    private func isValid(_ offset: Int) -> Bool {
        let end = offset + Self.blockBytes
        let bands = layout.bands
        if offset >= layout.references { return true }  // read and checked together
        if offset >= layout.marks {
            return values(offset..<min(end, layout.marks + 2 * layout.count), of: UInt16.self)
                .allSatisfy { EntryMark(rawValue: $0).isValid }
        }
        if offset >= layout.times {
            return values(offset..<min(end, layout.times + 4 * layout.count), of: Int32.self).allSatisfy { $0 >= -1 }
        }
        guard offset >= bands.starts(0) else { return true }  // any code is possible
        let band = (offset - bands.starts(0)) / bands.bandBytes
        if offset >= bands.rows(band) {
            let largest = values(offset..<min(end, bands.rows(band) + 4 * layout.count), of: UInt32.self)
                .reduce(0) { max($0, $1) }
            return Int(largest) < layout.count
        }
        if offset >= bands.sketches(band) { return true }  // any sketch is possible
        return areStarts(offset, band)
    }

    /// Places of buckets ascend, also from the block before and to the one after, and end with the entries.
    private func areStarts(_ offset: Int, _ band: Int) -> Bool {
        let starts = (file.base + layout.bands.starts(band)).assumingMemoryBound(to: UInt32.self)
        let first = (offset - layout.bands.starts(band)) / 4
        let last = min(layout.bands.buckets, first + Self.blockBytes / 4 - 1)
        var before = first == 0 ? 0 : starts[first - 1]
        for bucket in first...min(layout.bands.buckets, last + 1) {
            guard starts[bucket] >= before else { return false }
            before = starts[bucket]
        }
        return Int(before) <= layout.count
    }

    private func values<T>(_ bytes: Range<Int>, of type: T.Type) -> UnsafeBufferPointer<T> {
        UnsafeBufferPointer(
            start: (file.base + bytes.lowerBound).assumingMemoryBound(to: type),
            count: max(0, bytes.count / MemoryLayout<T>.stride))
    }
}

public import MediaModel

/// Makes an index file of entries that come reference by reference.
///
/// It holds 46 bytes an entry: one band at a time is built and written.
public struct IndexFileBuilder {
    private var codes: [Hash256] = []
    private var times: [Int32] = []
    private var marks: [UInt16] = []
    private var references: [(id: Int64, check: Int64, first: UInt32)] = []

    /// - Parameter expected: entries.
    public init(expected: Int) {
        codes.reserveCapacity(expected)
        times.reserveCapacity(expected)
        marks.reserveCapacity(expected)
    }

    public var count: Int { codes.count }

    /// - Precondition: the reference's number is over those before, and there are entries.
    public mutating func add(_ entries: some Collection<StoredEntry>, of reference: ReferenceID, check: Int64) {
        precondition(!entries.isEmpty && references.last.map { $0.id < reference.rawValue } ?? true)
        precondition(codes.count + entries.count <= IndexFileLayout.maximumCount, "rows are counted in 32 bits")
        references.append((reference.rawValue, check, UInt32(codes.count)))
        for entry in entries {
            codes.append(entry.hash.bandCode)
            times.append(entry.milliseconds ?? -1)
            marks.append(EntryMark(entry.orientation, entry.quality).rawValue)
        }
    }

    /// Takes over a reference as it is in another file.
    ///
    /// - Precondition: `reference` is one of `file`, which is checked in whole; its number is over those before.
    public mutating func add(_ reference: StoredReference, of file: IndexFile) {
        precondition(references.last.map { $0.id < reference.id.rawValue } ?? true)
        precondition(codes.count + reference.rows.count <= IndexFileLayout.maximumCount, "rows are counted in 32 bits")
        references.append((reference.id.rawValue, reference.check, UInt32(codes.count)))
        codes += file.codes[reference.rows]
        times += file.times[reference.rows]
        marks += file.marks[reference.rows]
    }

    /// Replaces the file. - Precondition: the lock of `path` is held.
    public consuming func write(to path: String, stamp: IndexStamp) throws(IndexFileError) {
        let draft = try IndexFileDraft(path: path)
        try write(stamp) { bytes, offset throws(IndexFileError) in try draft.write(bytes, at: offset) }
        try draft.finish()
    }

    /// The file's bytes, for tests.
    public consuming func bytes(stamp: IndexStamp) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: layout.end)
        write(stamp) { bytes, offset in
            out.withUnsafeMutableBytes { $0[offset..<offset + bytes.count].copyBytes(from: bytes) }
        }
        return out
    }

    private var layout: IndexFileLayout { IndexFileLayout(count: codes.count, referenceCount: references.count)! }

    private func write<E: Error>(
        _ stamp: IndexStamp, _ put: (UnsafeRawBufferPointer, Int) throws(E) -> Void
    ) throws(E) {
        let layout = layout
        var header = IndexFileHeader(stamp: stamp, layout: layout)
        let seed = header.seed
        var checksums = [UInt64](repeating: 0, count: BandLayout.aligned(8 * layout.blockCount) / 8)

        /// Whole blocks, with their checksums.
        func putBlocks(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(E) {
            let first = (offset - layout.firstBlock) / BlockChecksum.blockBytes
            for block in 0..<bytes.count / BlockChecksum.blockBytes {
                checksums[first + block] = BlockChecksum.of(
                    bytes.baseAddress! + block * BlockChecksum.blockBytes,
                    seed: BlockChecksum.seed(seed, block: first + block))
            }
            try put(bytes, offset)
        }
        /// A section from an array, with zeros to the end of its last block.
        func putSection(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(E) {
            let whole = bytes.count & ~(BlockChecksum.blockBytes - 1)
            if whole > 0 { try putBlocks(UnsafeRawBufferPointer(rebasing: bytes[..<whole]), at: offset) }
            guard whole < bytes.count else { return }
            let room = IndexMemory(count: BlockChecksum.blockBytes)
            room.base.copyMemory(from: bytes.baseAddress! + whole, byteCount: bytes.count - whole)
            try putBlocks(UnsafeRawBufferPointer(start: room.base, count: room.count), at: offset + whole)
        }

        try withBytes(of: codes) { bytes throws(E) in try putSection(bytes, at: layout.bands.codes) }
        try withBands { band, bytes throws(E) in try putBlocks(bytes, at: layout.bands.starts(band)) }
        try withBytes(of: times) { bytes throws(E) in try putSection(bytes, at: layout.times) }
        try withBytes(of: marks) { bytes throws(E) in try putSection(bytes, at: layout.marks) }
        try withBytes(of: packedReferences) { bytes throws(E) in try putSection(bytes, at: layout.references) }
        checksums.withUnsafeBufferPointer { header.setDigests($0.baseAddress!) }
        try withBytes(of: checksums) { bytes throws(E) in try put(bytes, layout.checksums) }
        try withBytes(of: header.bytes) { bytes throws(E) in try put(bytes, 0) }
    }

    /// Three words each: number, checksum, first row.
    private var packedReferences: [UInt64] {
        references.flatMap { [UInt64(bitPattern: $0.id), UInt64(bitPattern: $0.check), UInt64($0.first)] }
    }

    /// Each band's memory, one at a time.
    private func withBands<E: Error>(_ body: (Int, UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
        let layout = layout.bands
        let memory = IndexMemory(count: layout.bandBytes)
        try withBytes(of: codes) { codes throws(E) in
            let building =
                layout.count > 0
                ? BandBuilding(
                    codes: codes.baseAddress!.assumingMemoryBound(to: Hash256.self), count: layout.count) : nil
            for band in 0..<BandLayout.bands {
                building?.fill(band, layout, at: memory.base)
                try body(band, UnsafeRawBufferPointer(start: memory.base, count: memory.count))
            }
        }
    }
}

/// `withUnsafeBytes` that throws what it is told.
private func withBytes<T, E: Error>(
    of array: [T], _ body: (UnsafeRawBufferPointer) throws(E) -> Void
) throws(E) {
    let result = array.withUnsafeBytes { bytes -> Result<Void, E> in
        do throws(E) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    try result.get()
}

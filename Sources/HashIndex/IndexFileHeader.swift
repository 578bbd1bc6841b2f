/// The first block of an index file. All numbers are little-endian:
///
/// | at | bytes | |
/// |---|---|---|
/// | 0 | 8 | "ANSIMIDX" |
/// | 8 | 4 | version of the format |
/// | 12 | 4 | bytes of a block |
/// | 16 | 32 | which hashes, and how they are cut into bands; text, then zeros |
/// | 48 | 16 | the registry |
/// | 64 | 8 | the registry's generation |
/// | 72 | 8 | entries |
/// | 80 | 8 | references |
/// | 88 | 8 | bytes of the file |
/// | 96 | 8 | digest of all sections: the state of the registry |
/// | 104 | 8 | checksum of the blocks' checksums |
/// | 112 | 8 each | digests of the sections, in the order of `IndexFileLayout.sections` |
/// | 4088 | 8 | checksum of all before |
struct IndexFileHeader: Sendable, Hashable {
    static let magic = Array("ANSIMIDX".utf8)
    static let version: UInt32 = 2
    /// To be changed with the hashes of references (`HashConvention`), with `bandCode` and with the bands.
    static let definition = Array("pdq-full,pdq-aligned-1,bands-2".utf8)
    private static let sectionsAt = 112
    static let checksumAt = IndexFileLayout.blockBytes - 8
    /// Of the header's own checksum.
    private static let seed: UInt64 = 0x414E_5349_4D49_4458

    var stamp: IndexStamp
    var layout: IndexFileLayout
    var digest: UInt64 = 0
    var checksumsChecksum: UInt64 = 0
    var sectionDigests: [UInt64] = []

    /// What the checksums of the blocks begin with.
    var seed: UInt64 {
        var sum = Self.seed
        for part in [word(0), word(8), UInt64(bitPattern: stamp.generation), UInt64(layout.count)] {
            sum = BlockChecksum.mixed(sum ^ part)
        }
        return sum
    }

    private func word(_ at: Int) -> UInt64 {
        stamp.registry[at..<at + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    var bytes: [UInt8] {
        var out = Self.magic
        func put<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { out += $0 }
        }
        put(Self.version)
        put(UInt32(IndexFileLayout.blockBytes))
        out += Self.definition + [UInt8](repeating: 0, count: 32 - Self.definition.count)
        out += stamp.registry
        put(stamp.generation)
        for number in [layout.count, layout.referenceCount, layout.end] { put(UInt64(number)) }
        put(digest)
        put(checksumsChecksum)
        for digest in sectionDigests { put(digest) }
        out += [UInt8](repeating: 0, count: Self.checksumAt - out.count)
        put(out.withUnsafeBytes { Self.checksum($0) })
        return out
    }

    /// - Parameters:
    ///   - block: the file's first.
    ///   - byteCount: of the whole file.
    init(_ block: UnsafeRawBufferPointer, byteCount: Int) throws(IndexFileError) {
        guard block.count == IndexFileLayout.blockBytes else { throw .damaged("it is cut off") }
        func number(_ at: Int) -> UInt64 { block.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian }
        guard block[..<8].elementsEqual(Self.magic) else { throw .foreign("it is no index file") }
        guard number(Self.checksumAt) == Self.checksum(UnsafeRawBufferPointer(rebasing: block[..<Self.checksumAt]))
        else { throw .damaged("its header is not what was written") }
        let version = UInt32(truncatingIfNeeded: number(8))
        guard version == Self.version, number(8) >> 32 == UInt64(IndexFileLayout.blockBytes),
            block[16..<16 + Self.definition.count].elementsEqual(Self.definition),
            block[16 + Self.definition.count..<48].allSatisfy({ $0 == 0 })
        else { throw .foreign("it was made by another version") }
        guard let count = Int(exactly: number(72)), let references = Int(exactly: number(80)),
            let layout = IndexFileLayout(count: count, referenceCount: references), number(88) == UInt64(layout.end)
        else { throw .damaged("its header makes no sense") }
        guard byteCount == layout.end else { throw .damaged("it has \(byteCount) bytes instead of \(layout.end)") }
        self.layout = layout
        stamp = IndexStamp(registry: Array(block[48..<64]), generation: Int64(bitPattern: number(64)))
        (digest, checksumsChecksum) = (number(96), number(104))
        sectionDigests = layout.sections.indices.map { number(Self.sectionsAt + 8 * $0) }
    }

    init(stamp: IndexStamp, layout: IndexFileLayout) { (self.stamp, self.layout) = (stamp, layout) }

    /// Of all before the checksum, which is no whole number of lines: the last one is filled with zeros.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var whole = [UInt8](repeating: 0, count: IndexFileLayout.blockBytes)
        whole.replaceSubrange(..<bytes.count, with: bytes)
        return whole.withUnsafeBytes { BlockChecksum.of($0.baseAddress!, seed: seed) }
    }

    /// Of each section and of all, from the checksums of their blocks.
    mutating func setDigests(_ checksums: UnsafePointer<UInt64>) {
        sectionDigests = Self.digests(layout, seed, checksums)
        digest = sectionDigests.reduce(seed) { BlockChecksum.mixed($0 ^ $1) }
        let count = BandLayout.aligned(8 * layout.blockCount)
        checksumsChecksum = BlockChecksum.of(checksums, count: count, seed: seed)
    }

    static func digests(_ layout: IndexFileLayout, _ seed: UInt64, _ checksums: UnsafePointer<UInt64>) -> [UInt64] {
        layout.sections.map { section in
            let blocks =
                (section.lowerBound - layout.firstBlock)
                / IndexFileLayout.blockBytes..<(section.upperBound - layout.firstBlock) / IndexFileLayout.blockBytes
            return blocks.reduce(seed) { BlockChecksum.mixed($0 ^ checksums[$1]) }
        }
    }
}

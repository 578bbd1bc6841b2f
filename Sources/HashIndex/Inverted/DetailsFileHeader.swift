/// The first block of a details file. All numbers are little-endian:
///
/// | at | bytes | |
/// |---|---|---|
/// | 0 | 8 | "ANSIMDET" |
/// | 8 | 4 | version of the format |
/// | 12 | 4 | bytes of a block |
/// | 16 | 16 | the registry |
/// | 32 | 8 | the registry's generation |
/// | 40 | 8 each | crops, features, pictures |
/// | 64 | 8 | bytes of the file |
/// | 72 | 8 | checksum of the blocks' checksums |
/// | 4088 | 8 | checksum of all before |
struct DetailsFileHeader: Sendable, Hashable {
    private static let magic = Array("ANSIMDET".utf8)
    /// To be raised with every change of codes and postings, and with `PictureDetails.version`.
    private static let version: UInt32 = 1
    private static let checksumAt = BlockChecksum.blockBytes - 8
    private static let ownSeed: UInt64 = 0x414E_5349_4D44_4554

    let stamp: IndexStamp
    let layout: DetailsFileLayout
    var checksumsChecksum: UInt64 = 0

    init(stamp: IndexStamp, layout: DetailsFileLayout) { (self.stamp, self.layout) = (stamp, layout) }

    /// What the checksums of the blocks begin with.
    var seed: UInt64 {
        let words = [0, 8].map { at in stamp.registry[at..<at + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        return (words + [UInt64(bitPattern: stamp.generation), UInt64(layout.end)])
            .reduce(Self.ownSeed) { BlockChecksum.mixed($0 ^ $1) }
    }

    var bytes: [UInt8] {
        var out = Self.magic
        func put<T: FixedWidthInteger>(_ value: T) { withUnsafeBytes(of: value.littleEndian) { out += $0 } }
        put(Self.version)
        put(UInt32(BlockChecksum.blockBytes))
        out += stamp.registry
        put(stamp.generation)
        for number in [layout.crops.count, layout.features.count, layout.pictureCount, layout.end] {
            put(UInt64(number))
        }
        put(checksumsChecksum)
        out += [UInt8](repeating: 0, count: Self.checksumAt - out.count)
        put(Self.checksum(out))
        return out
    }

    /// - Parameters:
    ///   - block: the file's first.
    ///   - byteCount: of the whole file.
    init(_ block: UnsafeRawBufferPointer, byteCount: Int) throws(IndexFileError) {
        guard block.count == BlockChecksum.blockBytes else { throw .damaged("it is cut off") }
        func number(_ at: Int) -> UInt64 { block.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian }
        guard block[..<8].elementsEqual(Self.magic) else { throw .foreign("it is no index of details") }
        guard number(Self.checksumAt) == Self.checksum(Array(block[..<Self.checksumAt])) else {
            throw .damaged("its header is not what was written")
        }
        guard number(8) == UInt64(BlockChecksum.blockBytes) << 32 | UInt64(Self.version) else {
            throw .foreign("it was made by another version")
        }
        guard let crops = Int(exactly: number(40)), let features = Int(exactly: number(48)),
            let pictures = Int(exactly: number(56)),
            let layout = DetailsFileLayout(crops: crops, features: features, pictures: pictures),
            number(64) == UInt64(layout.end)
        else { throw .damaged("its header makes no sense") }
        guard byteCount == layout.end else { throw .damaged("it has \(byteCount) bytes instead of \(layout.end)") }
        self.layout = layout
        stamp = IndexStamp(registry: Array(block[16..<32]), generation: Int64(bitPattern: number(32)))
        checksumsChecksum = number(72)
    }

    /// Of what comes before it, filled up with zeros to a block.
    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        let whole = bytes + [UInt8](repeating: 0, count: BlockChecksum.blockBytes - bytes.count)
        return whole.withUnsafeBytes { BlockChecksum.of($0.baseAddress!, seed: ownSeed) }
    }
}

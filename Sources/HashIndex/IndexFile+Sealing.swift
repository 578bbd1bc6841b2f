extension IndexFile {
    /// For tests: sets the checksums of an index file's bytes to what they would be had the bytes been written so.
    ///
    /// - Parameter changed: places of bytes that were changed since the checksums fitted; nil for any.
    /// - Returns: whether the header says where the blocks are; if not, nothing was changed.
    @discardableResult
    public static func seal(_ bytes: inout [UInt8], changed: [Int]? = nil) -> Bool {
        guard bytes.count >= IndexFileLayout.blockBytes else { return false }
        return bytes.withUnsafeMutableBytes { bytes in
            func number(_ at: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian }
            guard let count = Int(exactly: number(72)), let references = Int(exactly: number(80)),
                let layout = IndexFileLayout(count: count, referenceCount: references), layout.end == bytes.count
            else { return false }
            let stamp = IndexStamp(registry: Array(bytes[48..<64]), generation: Int64(bitPattern: number(64)))
            var header = IndexFileHeader(stamp: stamp, layout: layout)
            let base = bytes.baseAddress!
            let checksums = (base + layout.checksums).assumingMemoryBound(to: UInt64.self)
            let blocks =
                changed.map { Set($0.filter { $0 >= layout.firstBlock }.map { ($0 - layout.firstBlock) / 4096 }) }
                ?? Set(0..<layout.blockCount)
            for block in blocks {
                checksums[block] = BlockChecksum.of(
                    base + layout.firstBlock + block * BlockChecksum.blockBytes,
                    seed: BlockChecksum.seed(header.seed, block: block))
            }
            header.setDigests(checksums)
            let fresh = header.bytes
            // What the header says beside the checksums stays as it is.
            for at in Array(96..<4096) { bytes[at] = fresh[at] }
            let sum = IndexFileHeader.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<IndexFileHeader.checksumAt]))
            withUnsafeBytes(of: sum.littleEndian) { sum in
                UnsafeMutableRawBufferPointer(rebasing: bytes[IndexFileHeader.checksumAt..<4096]).copyMemory(from: sum)
            }
            return true
        }
    }
}

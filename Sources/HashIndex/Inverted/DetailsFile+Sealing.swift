extension DetailsFile {
    /// For tests: sets the checksums of a details file's bytes to what they would be had the bytes been written so.
    ///
    /// - Returns: whether the header says where the blocks are; if not, nothing was changed.
    @discardableResult
    public static func seal(_ bytes: inout [UInt8]) -> Bool {
        guard bytes.count >= BlockChecksum.blockBytes else { return false }
        func number(_ at: Int) -> UInt64 { bytes[at..<at + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        guard let crops = Int(exactly: number(40)), let features = Int(exactly: number(48)),
            let pictures = Int(exactly: number(56)),
            let layout = DetailsFileLayout(crops: crops, features: features, pictures: pictures),
            layout.end == bytes.count
        else { return false }
        let stamp = IndexStamp(registry: Array(bytes[16..<32]), generation: Int64(bitPattern: number(32)))
        var header = DetailsFileHeader(stamp: stamp, layout: layout)
        header.checksumsChecksum = bytes.withUnsafeMutableBytes { bytes in
            let base = bytes.baseAddress!
            let sums = (base + layout.checksums).assumingMemoryBound(to: UInt64.self)
            for block in 0..<layout.blockCount {
                sums[block] = BlockChecksum.of(
                    base + layout.blocks.firstBlock + block * BlockChecksum.blockBytes,
                    seed: BlockChecksum.seed(header.seed, block: block))
            }
            return BlockChecksum.of(base + layout.checksums, count: layout.checksumsBytes, seed: header.seed)
        }
        bytes.replaceSubrange(..<BlockChecksum.blockBytes, with: header.bytes)
        return true
    }
}

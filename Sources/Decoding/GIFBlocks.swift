/// What a walk over a GIF's blocks shows, up to the second picture.
struct GIFBlocks {
    /// Where the packed flags of the first picture's graphic control extension stand; bit 0 is transparency.
    private(set) var firstTransparencyFlags: Int?
    private(set) var hasFurtherFrames = false
    /// The first picture's data end before their terminator.
    private(set) var isCutOff = false

    init(_ bytes: UnsafeRawBufferPointer) {
        func tableSize(_ flags: UInt8) -> Int { flags & 0x80 != 0 ? 3 << (Int(flags & 7) + 1) : 0 }
        /// The position after a chain of sub-blocks; nil when it has no end.
        func skipBlocks(_ start: Int) -> Int? {
            var at = start
            while at < bytes.count {
                if bytes[at] == 0 { return at + 1 }
                at += 1 + Int(bytes[at])
            }
            return nil
        }

        guard bytes.count > 13 else { return }
        var at = 13 + tableSize(bytes[10])
        var pictures = 0
        while at < bytes.count {
            switch bytes[at] {
            case 0x2C:
                pictures += 1
                guard pictures < 2 else {
                    hasFurtherFrames = true
                    return
                }
                guard at + 9 < bytes.count else { return }
                guard let end = skipBlocks(at + 10 + tableSize(bytes[at + 9]) + 1) else {
                    isCutOff = true
                    return
                }
                at = end
            case 0x21:
                if pictures == 0, at + 3 < bytes.count, bytes[at + 1] == 0xF9, bytes[at + 2] == 4 {
                    firstTransparencyFlags = at + 3
                }
                guard let end = skipBlocks(at + 2) else { return }
                at = end
            default: return
            }
        }
    }
}

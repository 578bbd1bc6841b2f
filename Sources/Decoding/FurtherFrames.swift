import MediaModel

/// Whether a file has more frames or pages than the first. Of other formats than GIF and
/// TIFF no decoder of ours gets one with several.
func hasFurtherFrames(_ bytes: UnsafeRawBufferPointer, _ format: MediaFormat) -> Bool {
    switch format {
    case .gif: gifHasFurtherFrames(bytes)
    case .tiff: tiffHasFurtherPages(bytes)
    default: false
    }
}

/// Walks over a GIF's blocks up to the second picture.
private func gifHasFurtherFrames(_ bytes: UnsafeRawBufferPointer) -> Bool {
    func tableSize(_ flags: UInt8) -> Int { flags & 0x80 != 0 ? 3 << (Int(flags & 7) + 1) : 0 }
    /// The position after a chain of sub-blocks.
    func skipBlocks(_ start: Int) -> Int {
        var at = start
        while at < bytes.count, bytes[at] != 0 { at += 1 + Int(bytes[at]) }
        return at + 1
    }

    guard bytes.count > 13 else { return false }
    var at = 13 + tableSize(bytes[10])
    var pictures = 0
    while at < bytes.count {
        switch bytes[at] {
        case 0x2C:
            pictures += 1
            guard pictures < 2 else { return true }
            guard at + 9 < bytes.count else { return false }
            at = skipBlocks(at + 10 + tableSize(bytes[at + 9]) + 1)
        case 0x21: at = skipBlocks(at + 2)
        default: return false
        }
    }
    return false
}

/// Whether a TIFF's first directory names a second one.
private func tiffHasFurtherPages(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let isBigEndian = bytes.first == UInt8(ascii: "M")
    func number(_ at: Int, _ count: Int) -> Int? {
        guard at >= 0, at <= bytes.count - count else { return nil }
        let digits = bytes[at..<at + count]
        return (isBigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }

    guard let directory = number(4, 4), let entries = number(directory, 2),
        let next = number(directory + 2 + 12 * entries, 4)
    else { return false }
    return next != 0
}

import CommonDecoding

/// The first directory of a TIFF: the few tags that libav does not judge by itself.
struct TIFFDirectory {
    private let tags: [Int: Int]
    let hasFurtherPages: Bool

    /// Nil unless there is a directory.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return nil }
        let isBigEndian = bytes[0] == 0x4D
        func number(_ at: Int, _ count: Int) -> Int? {
            guard at >= 0, at <= bytes.count - count else { return nil }
            let digits = bytes[at..<at + count]
            return (isBigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
        }

        guard let directory = number(4, 4), let entries = number(directory, 2) else { return nil }
        var tags: [Int: Int] = [:]
        for entry in 0..<entries {
            let at = directory + 2 + 12 * entry
            guard let tag = number(at, 2), let type = number(at + 2, 2) else { break }
            // 3 is a short, 4 a long; both stand in the entry itself.
            tags[tag] = number(at + 8, type == 3 ? 2 : 4)
        }
        self.tags = tags
        hasFurtherPages = (number(directory + 2 + 12 * entries, 4) ?? 0) != 0
    }

    /// Pixels, where stated.
    var size: (width: Int, height: Int)? {
        guard let width = tags[256], let height = tags[257] else { return nil }
        return (width, height)
    }

    /// libav gives black pictures, without an error, for what it does not decode.
    func checkSupported() throws(DecodeError) {
        if let compression = tags[259], compression == 6 || compression == 7 { throw .unsupported("JPEG inside TIFF") }
        if (322...325).contains(where: { tags[$0] != nil }) { throw .unsupported("TIFF in tiles") }
    }
}

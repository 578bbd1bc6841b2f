// Sizes that have no fixed place: one has to walk to them.

extension UnsafeRawBufferPointer {
    /// An unsigned number of up to 4 bytes; nil outside of the bytes.
    func number(at start: Int, _ count: Int, bigEndian: Bool) -> Int? {
        guard start >= 0, start <= self.count - count else { return nil }
        let digits = self[start..<start + count]
        return (bigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
}

/// By the frame header, whichever kind of JPEG it is.
func jpegSize(_ bytes: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    var at = 2
    while let marker = bytes.number(at: at, 2, bigEndian: true), marker >= 0xFF00,
        let length = bytes.number(at: at + 2, 2, bigEndian: true)
    {
        // C4, C8 and CC among the frame headers' numbers are something else.
        if (0xFFC0...0xFFCF).contains(marker), ![0xFFC4, 0xFFC8, 0xFFCC].contains(marker) {
            guard let height = bytes.number(at: at + 5, 2, bigEndian: true),
                let width = bytes.number(at: at + 7, 2, bigEndian: true)
            else { return nil }
            return (width, height)
        }
        // A fill byte, or a segment with its marker.
        at += marker == 0xFFFF ? 1 : 2 + length
    }
    return nil
}

/// By the codestream's first marker, or by the header box, in which the image header comes first.
func jpeg2000Size(_ bytes: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    func number(_ at: Int) -> Int? { bytes.number(at: at, 4, bigEndian: true) }
    if bytes.first == 0xFF {
        guard let right = number(8), let bottom = number(12), let left = number(16), let top = number(20) else {
            return nil
        }
        return (right - left, bottom - top)
    }
    guard let header = contents(ofBox: ["jp2h"], in: bytes), let height = number(header + 8),
        let width = number(header + 12)
    else { return nil }
    return (width, height)
}

/// The codestream starts with the size, packed in bits.
func jpegxlSize(_ bytes: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    var at = 0
    if bytes.first != 0xFF {
        guard let contents = contents(ofBox: ["jxlc", "jxlp"], in: bytes) else { return nil }
        // The codestream in parts has a number before each.
        at = bytes.number(at: contents, 2, bigEndian: true) == 0xFF0A ? contents : contents + 4
    }
    guard bytes.number(at: at, 2, bigEndian: true) == 0xFF0A, at + 11 <= bytes.count else { return nil }
    var position = (at + 2) * 8
    func bits(_ count: Int) -> Int {
        defer { position += count }
        return (0..<count).reduce(0) { value, index in
            let bit = position + index
            return value | Int(bytes[bit / 8] >> (bit % 8) & 1) << index
        }
    }
    let isSmall = bits(1) == 1
    func side() -> Int { isSmall ? 8 * (bits(5) + 1) : bits([9, 13, 18, 30][bits(2)]) + 1 }
    let height = side()
    let ratios = [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)]
    let ratio = bits(3)
    guard ratio > 0 else { return (side(), height) }
    return (height * ratios[ratio - 1].0 / ratios[ratio - 1].1, height)
}

/// The larger of the two windows among the attributes: what is stored, and what is shown.
func exrSize(_ bytes: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    var size: (width: Int, height: Int)?
    var at = 8
    func text() -> String? {
        guard let end = bytes.dropFirst(at).prefix(256).firstIndex(of: 0) else { return nil }
        defer { at = end + 1 }
        return String(decoding: bytes[at..<end], as: UTF8.self)
    }
    func signed(_ at: Int) -> Int? {
        bytes.number(at: at, 4, bigEndian: false).map { Int(Int32(truncatingIfNeeded: $0)) }
    }
    while let name = text(), !name.isEmpty, text() != nil, let count = bytes.number(at: at, 4, bigEndian: false) {
        at += 4
        if name == "dataWindow" || name == "displayWindow" {
            guard let left = signed(at), let top = signed(at + 4), let right = signed(at + 8),
                let bottom = signed(at + 12)
            else { return size }
            size = (max(size?.width ?? 0, right - left + 1), max(size?.height ?? 0, bottom - top + 1))
        }
        at += count
    }
    return size
}

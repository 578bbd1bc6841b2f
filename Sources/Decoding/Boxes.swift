/// A file made of boxes, JPEG 2000's or JPEG XL's: the box that starts at a place. Nil when it is broken, or when
/// the file ends in its header or the 4 bytes behind, which belong to the header of some types.
private func box(
    at start: Int, in bytes: UnsafeRawBufferPointer
) -> (type: String, contents: Int, end: Int)? {
    guard let length = bytes.number(at: start, 4, bigEndian: true) else { return nil }
    let contents = start + (length == 1 ? 16 : 8)
    guard contents <= bytes.count - 4 else { return nil }
    let end: Int
    switch length {
    case 0: end = bytes.count
    case 1:
        guard let high = bytes.number(at: start + 8, 4, bigEndian: true),
            let low = bytes.number(at: start + 12, 4, bigEndian: true)
        else { return nil }
        end = high == 0 ? start + low : bytes.count
    default: end = start + length
    }
    guard end >= contents else { return nil }
    return (String(decoding: bytes[start + 4..<start + 8], as: UTF8.self), contents, end)
}

/// Where the contents of the first box of one of these types start, on the top level.
func contents(ofBox types: Set<String>, in bytes: UnsafeRawBufferPointer) -> Int? {
    var at = 0
    while let box = box(at: at, in: bytes) {
        if types.contains(box.type) { return box.contents }
        at = box.end
    }
    return nil
}

/// How many bytes there are up to the first box whose header is not whole.
func countOfBoxes(in bytes: UnsafeRawBufferPointer) -> Int {
    var at = 0
    while let box = box(at: at, in: bytes) { at = box.end }
    return min(at, bytes.count)
}

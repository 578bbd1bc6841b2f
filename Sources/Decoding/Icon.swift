import CommonDecoding

/// The largest picture of a Windows icon: a PNG as it is, or its bitmap as a BMP file.
func iconBitmap(_ icon: UnsafeRawBufferPointer) throws(DecodeError) -> [UInt8] {
    func word(_ at: Int) -> Int { Int(icon[at]) | Int(icon[at + 1]) << 8 }
    func long(_ at: Int) -> Int { word(at) | word(at + 2) << 16 }

    guard icon.count >= 6 else { throw .corrupt("an icon without a directory") }
    let entries = (0..<word(4)).map { 6 + 16 * $0 }.filter { $0 + 16 <= icon.count }
    // 0 stands for 256.
    func pixels(_ entry: Int) -> Int { (Int(icon[entry]) + 255) % 256 * ((Int(icon[entry + 1]) + 255) % 256) }
    guard let largest = entries.max(by: { pixels($0) < pixels($1) }) else {
        throw .corrupt("an icon without pictures")
    }
    let (count, offset) = (long(largest + 8), long(largest + 12))
    guard offset <= icon.count, count <= icon.count - offset, count >= 40 else {
        throw .corrupt("an icon's picture lies outside the file")
    }
    var picture = Array(icon[offset..<offset + count])
    if picture.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return picture }
    guard long(offset) == 40 else { throw .unsupported("an icon with an unusual bitmap header") }
    // The header's height counts the transparency mask below the picture too.
    let height = UInt32(long(offset + 8) / 2)
    for i in 0..<4 { picture[8 + i] = UInt8(truncatingIfNeeded: height >> UInt32(8 * i)) }
    let depth = word(offset + 14)
    let stated = long(offset + 32)
    let colours = depth <= 8 ? (stated == 0 ? 1 << depth : min(stated, 256)) : 0
    let start = 14 + 40 + 4 * colours
    func littleEndian(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    return Array("BM".utf8) + littleEndian(14 + count) + [0, 0, 0, 0] + littleEndian(start) + picture
}

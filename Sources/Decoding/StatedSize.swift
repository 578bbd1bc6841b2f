import MediaModel

/// The size that a header states, for libav's formats: it calls sizes over its own bounds
/// broken, and a broken file is another verdict than one over a limit.
func statedSize(_ bytes: UnsafeRawBufferPointer, _ format: MediaFormat) -> (width: Int, height: Int)? {
    func number(_ at: Int, _ count: Int, bigEndian: Bool) -> Int? {
        bytes.number(at: at, count, bigEndian: bigEndian)
    }
    func pair(_ width: Int, _ height: Int, _ count: Int, bigEndian: Bool) -> (width: Int, height: Int)? {
        guard let width = number(width, count, bigEndian: bigEndian),
            let height = number(height, count, bigEndian: bigEndian)
        else { return nil }
        return (width, height)
    }

    switch format {
    case .gif: return pair(6, 8, 2, bigEndian: false)
    case .bmp where bytes.count > 14 && bytes[14] == 12: return pair(18, 20, 2, bigEndian: false)
    case .bmp:
        guard let size = pair(18, 22, 4, bigEndian: false), bytes.count > 14, bytes[14] >= 40 else { return nil }
        // A negative height stands for rows from the top.
        return (size.width, abs(Int(Int32(truncatingIfNeeded: size.height))))
    case .tiff: return TIFFDirectory(bytes)?.size
    case .psd: return pair(18, 14, 4, bigEndian: true)
    case .qoi: return pair(4, 8, 4, bigEndian: true)
    case .sun: return pair(4, 8, 4, bigEndian: true)
    case .sgi: return pair(6, 8, 2, bigEndian: true)
    case .dds: return pair(16, 12, 4, bigEndian: false)
    case .tga: return pair(12, 14, 2, bigEndian: false)
    case .dpx: return pair(772, 776, 4, bigEndian: bytes[0] == UInt8(ascii: "S"))
    case .pcx:
        guard let left = number(4, 2, bigEndian: false), let top = number(6, 2, bigEndian: false),
            let right = number(8, 2, bigEndian: false), let bottom = number(10, 2, bigEndian: false)
        else { return nil }
        return (max(0, right - left + 1), max(0, bottom - top + 1))
    case .pnm: return bytes.count > 1 && bytes[1] == UInt8(ascii: "7") ? pamSize(bytes) : netpbmSize(bytes)
    case .jpeg: return jpegSize(bytes)
    case .jpeg2000: return jpeg2000Size(bytes)
    case .jpegxl: return jpegxlSize(bytes)
    case .exr: return exrSize(bytes)
    default: return nil
    }
}

/// The first two numbers of a Netpbm header, comments left out.
private func netpbmSize(_ bytes: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    var numbers: [Int] = []
    var at = 2
    while at < min(bytes.count, 4096), numbers.count < 2 {
        switch bytes[at] {
        case UInt8(ascii: "#"):
            while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            var value = 0
            while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]), value < 1 << 40 {
                value = value * 10 + Int(bytes[at] - UInt8(ascii: "0"))
                at += 1
            }
            numbers.append(value)
        default: at += 1
        }
    }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
}

/// The PAM form of Netpbm has a line for each number, with its name.
private func pamSize(_ bytes: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    var sides: [Substring: Int] = [:]
    for line in String(decoding: bytes.prefix(4096), as: UTF8.self).split(separator: "\n") {
        let words = line.split(separator: " ")
        if words.first == "ENDHDR" { break }
        if words.count == 2, let value = Int(words[1]) { sides[words[0]] = value }
    }
    guard let width = sides["WIDTH"], let height = sides["HEIGHT"] else { return nil }
    return (width, height)
}

/// What tells that a file's end is missing, for formats whose decoders don't say; nil when nothing does.
func missingEnd(_ bytes: UnsafeRawBufferPointer, _ format: MediaFormat, _ gif: GIFBlocks?) -> String? {
    let isCutOff: Bool
    switch format {
    case .gif: isCutOff = gif?.isCutOff ?? false
    case .qoi: isCutOff = !bytes.suffix(8).elementsEqual([0, 0, 0, 0, 0, 0, 0, 1])
    case .sun:
        // The header's fifth word counts the bytes of the picture; some writers leave it 0.
        let stated = bytes.dropFirst(16).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        isCutOff = stated > bytes.count - 32
    default: isCutOff = false
    }
    return isCutOff ? "the file ends too early" : nil
}

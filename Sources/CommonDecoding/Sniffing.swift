public import MediaModel

/// What a file is, by its first bytes, never by its name.
public func sniff(_ bytes: UnsafeRawBufferPointer) -> MediaFormat {
    let head = bytes.prefix(64)
    func starts(_ text: StaticString, at offset: Int = 0) -> Bool {
        head.count >= offset + text.utf8CodeUnitCount
            && (0..<text.utf8CodeUnitCount).allSatisfy { head[offset + $0] == text.utf8Start[$0] }
    }
    func starts(_ values: [UInt8], at offset: Int = 0) -> Bool {
        head.count >= offset + values.count && head.dropFirst(offset).starts(with: values)
    }

    if starts([0xFF, 0xD8, 0xFF]) { return .jpeg }
    if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if starts("RIFF"), starts("WEBP", at: 8) { return .webp }
    if starts("GIF87a") || starts("GIF89a") { return .gif }
    if starts("ftyp", at: 4) { return sniffISOMedia(bytes) }
    if starts([0x49, 0x49, 0x2A, 0x00]) || starts([0x4D, 0x4D, 0x00, 0x2A]) { return .tiff }
    if starts("BM"), isBMP(head) { return .bmp }
    if starts([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20]) || starts([0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
    if starts([0xFF, 0x0A]) || starts([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20]) { return .jpegxl }
    if starts("8BPS") { return .psd }
    if starts("qoif") { return .qoi }
    if starts("DDS ") { return .dds }
    if starts([0x76, 0x2F, 0x31, 0x01]) { return .exr }
    if starts("SDPX") || starts("XPDS") { return .dpx }
    if starts([0x59, 0xA6, 0x6A, 0x95]) { return .sun }
    if starts([0x01, 0xDA]), head.count > 4, head[2] < 2, head[3] == 1 || head[3] == 2 { return .sgi }
    if head.count > 2, head[0] == UInt8(ascii: "P"), (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(head[1]),
        [0x0A, 0x0D, 0x20, 0x09, 0x23].contains(head[2])
    {
        return .pnm
    }
    if isVideo(bytes) { return .video }
    // These have weak marks, so they come last.
    if starts([0, 0, 1, 0]), head.count >= 22, head[4] > 0, head[5] == 0 { return .ico }
    if isPCX(head) { return .pcx }
    if isTGA(head) { return .tga }
    if starts("%PDF") || starts("PK") { return .unknown }
    // Some bytes of something else before a JPEG.
    if let start = leadingGarbage(bytes) { return sniff(UnsafeRawBufferPointer(rebasing: bytes[start...])) }
    return .unknown
}

/// How many bytes stand before the JPEG in a file that starts with something else; nil if there is none
/// near the start.
func leadingGarbage(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let limit = min(bytes.count, 4096) - 3
    guard limit > 1 else { return nil }
    return (1..<limit).first { i in
        bytes[i] == 0xFF && bytes[i + 1] == 0xD8 && bytes[i + 2] == 0xFF && bytes[i + 3] >= 0xC0
    }
}

private func isBMP(_ head: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard head.count >= 18 else { return false }
    // The size of the header that follows: 12 (OS/2) up to 124 (version 5).
    return (12...124).contains(head[14]) && head[15] == 0 && head[16] == 0 && head[17] == 0
}

private func isPCX(_ head: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard head.count >= 64 else { return false }
    return head[0] == 0x0A && head[1] <= 5 && head[2] == 1 && [1, 2, 4, 8].contains(head[3])
}

/// Targa has no mark: a header in which everything has a value that makes sense.
private func isTGA(_ head: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard head.count >= 18, [1, 2, 3, 9, 10, 11].contains(head[2]) else { return false }
    let usesPalette = head[2] == 1 || head[2] == 9
    let paletteFits =
        usesPalette
        ? head[1] == 1 && [15, 16, 24, 32].contains(head[7]) && head[5] | head[6] != 0
        : head[1] == 0 && head[3...7].allSatisfy { $0 == 0 }
    return paletteFits && [8, 15, 16, 24, 32].contains(head[16]) && head[17] & 0xC0 == 0 && head[12] | head[13] != 0
        && head[14] | head[15] != 0
}

/// ISO base media: pictures and videos differ in their brands.
private func sniffISOMedia(_ bytes: UnsafeRawBufferPointer) -> MediaFormat {
    let boxSize = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let brands = bytes.prefix(min(max(16, boxSize), 256)).dropFirst(8)
    var found: Set<String> = []
    var at = brands.startIndex
    while at + 4 <= brands.endIndex {
        // The second word is the minor version, not a brand.
        if at != brands.startIndex + 4 { found.insert(String(decoding: brands[at..<at + 4], as: UTF8.self)) }
        at += 4
    }
    if !found.isDisjoint(with: ["avif", "avis"]) { return .avif }
    if !found.isDisjoint(with: ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "mif2", "mif3"]) {
        return .heif
    }
    if found.contains("jxl ") { return .jpegxl }
    if found.contains("jp2 ") { return .jpeg2000 }
    return .video
}

/// Whether a HEIC or AVIF file's type names a sequence: then a track of frames follows.
package func isPictureSequence(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let sequences = ["avis", "msf1", "hevc", "hevx", "heis"]
    let boxSize = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    return stride(from: 8, to: min(max(16, boxSize), 256, bytes.count - 3), by: 4).contains { at in
        at != 12 && sequences.contains(String(decoding: bytes[at..<at + 4], as: UTF8.self))
    }
}

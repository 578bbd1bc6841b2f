/// What a file is that is neither picture nor video, as far as its first bytes tell, and what can be done: for people.
public func describeUnknown(_ bytes: UnsafeRawBufferPointer) -> String {
    let head = bytes.prefix(512)
    func starts(_ text: StaticString, at offset: Int = 0) -> Bool {
        head.count >= offset + text.utf8CodeUnitCount
            && (0..<text.utf8CodeUnitCount).allSatisfy { head[offset + $0] == text.utf8Start[$0] }
    }
    func starts(_ values: [UInt8], at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: values) }

    if starts("%PDF") { return "a PDF document: pictures in it are not examined; extract them first" }
    if starts("%!PS") { return "a PostScript file, which is not decoded; convert it first" }
    if starts([0xD0, 0xCF, 0x11, 0xE0]) { return "an old Office document: pictures in it are not examined" }
    if starts("Rar!") { return "a RAR archive, which is not opened; unpack it first" }
    if starts("PK") || starts([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) || starts([0x1F, 0x8B]) || starts("BZh")
        || starts([0xFD, 0x37, 0x7A, 0x58, 0x5A]) || starts([0x28, 0xB5, 0x2F, 0xFD]) || starts("ustar", at: 257)
        || starts("WARC/")
    {
        return "an archive or compressed file: a scan opens the usual ones; else unpack it first"
    }
    if starts("ID3") || isMPEGAudio(head) || starts("fLaC") || starts("#!AMR") || starts("MThd")
        || (starts("RIFF") && starts("WAVE", at: 8)) || (starts("FORM") && starts("AIF", at: 8))
    {
        return "an audio file, without pictures to examine"
    }
    if starts("SQLite format 3") { return "a database" }
    if starts([0x7F, 0x45, 0x4C, 0x46]) || starts("MZ") { return "a program" }
    guard !head.isEmpty, head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) else {
        return "no picture or video format that is known"
    }
    let text = String(decoding: head, as: UTF8.self).lowercased()
    if text.contains("<svg") { return "an SVG drawing, which is not decoded" }
    if text.contains("<html") || text.contains("<!doctype html") { return "a web page, no picture" }
    // The last character may be cut off.
    let isText = (0..<4).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil }
    return isText ? "a text file, no picture" : "no picture or video format that is known"
}

/// Two frame headers that follow each other as the first says would be sure; one that makes sense is enough here.
private func isMPEGAudio(_ head: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard head.count >= 4, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 else { return false }
    let (version, layer) = (head[1] >> 3 & 3, head[1] >> 1 & 3)
    return version != 1 && layer != 0 && head[2] >> 4 != 15 && head[2] >> 2 & 3 != 3
}

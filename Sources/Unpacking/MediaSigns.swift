/// Whether bytes of a web archive may be media: a page's texts and fonts are no items.
enum MediaSigns {
    /// - Parameters:
    ///   - type: as the server states it; then also without a byte, because an empty picture is one that is missing.
    ///   - start: the first bytes; a server may be wrong or lie.
    static func areIn(type: String?, start: UnsafeRawBufferPointer) -> Bool {
        if isKnown(start) { return true }
        let type = (type ?? "").split(separator: ";").first?.lowercased().filter { $0 != " " } ?? ""
        if type.hasPrefix("image/") || type.hasPrefix("video/") { return true }
        return !start.isEmpty && (type.isEmpty || unknownTypes.contains(type))
    }

    private static let unknownTypes: Set<String> = [
        "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download",
        "application/unknown", "unknown/unknown", "application/mp4", "application/ogg",
    ]

    /// By its first bytes a picture, a video or an archive.
    private static func isKnown(_ start: UnsafeRawBufferPointer) -> Bool {
        marks.contains { offset, mark in start.count >= offset + mark.count && start[offset...].starts(with: mark) }
    }

    private static let marks: [(Int, [UInt8])] =
        [
            [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47], Array("GIF8".utf8), Array("RIFF".utf8),
            [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0xFF, 0x0A], [0, 0, 0, 12, 0x4A], [0, 0, 0, 12, 0x6A],
            [0x1A, 0x45, 0xDF, 0xA3], Array("OggS".utf8), Array("FLV".utf8), [0, 0, 1, 0xBA], [0, 0, 1, 0xB3],
            Array("PK\u{3}\u{4}".utf8), [0x37, 0x7A, 0xBC, 0xAF], [0x1F, 0x8B, 8], [0xFD, 0x37, 0x7A, 0x58],
            [0x28, 0xB5, 0x2F, 0xFD], Array("WARC/".utf8),
        ].map { (0, $0) } + [(4, Array("ftyp".utf8)), (257, Array("ustar".utf8))]
}

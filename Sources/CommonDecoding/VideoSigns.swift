/// Marks of containers of moving pictures, by which the formats of `VideoContainer.demuxers` are told. What only its name
/// tells, or too little of a mark, is not among them: H.261, CDXL, C93, BMV and a few games' formats.
struct VideoSign {
    let marks: [(offset: Int, bytes: [UInt8])]

    init(_ marks: (Int, [UInt8])...) { self.marks = marks }
    /// A text at the start, or elsewhere.
    init(_ text: String, at offset: Int = 0) { marks = [(offset, Array(text.utf8))] }
    /// What `kind` of a chunked file holds.
    init(_ kind: String, holding content: String) { marks = [(0, Array(kind.utf8)), (8, Array(content.utf8))] }

    func fits(_ bytes: UnsafeRawBufferPointer) -> Bool {
        marks.allSatisfy { mark in
            bytes.count >= mark.offset + mark.bytes.count
                && UnsafeRawBufferPointer(rebasing: bytes[mark.offset..<mark.offset + mark.bytes.count])
                    .elementsEqual(mark.bytes)
        }
    }

    static let all: [VideoSign] = [
        // In use.
        VideoSign((0, [0x1A, 0x45, 0xDF, 0xA3])),  // Matroska, WebM
        VideoSign("OggS"), VideoSign("FLV"), VideoSign("RIFF", holding: "AVI "), VideoSign("RIFF", holding: "AVIX"),
        VideoSign("RIFF", holding: "AVI\u{19}"), VideoSign("RIFF", holding: "AMV "), VideoSign("ON2 ", holding: "ON2f"),
        VideoSign((0, [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11])),  // ASF: wmv
        VideoSign("YUV4MPEG2"), VideoSign("DKIF"), VideoSign(".RMF"), VideoSign(".R1M"), VideoSign(".REC"),
        VideoSign((0, [0x06, 0x0E, 0x2B, 0x34, 0x02, 0x05, 0x01, 0x01])),  // MXF
        VideoSign((0, [0, 0, 0, 0, 1, 0xBC, 0, 0, 0, 0, 0xE1, 0xE2])),  // GXF
        VideoSign((0, [0xB7, 0xD8, 0x00, 0x20, 0x37, 0x49, 0xDA, 0x11])),  // WTV
        VideoSign("nut/multimedia container"), VideoSign("NuppelVideo"), VideoSign("MythTVVideo"), VideoSign("NSVf"),
        VideoSign("NSVs"), VideoSign("\0\nSMJPEG"), VideoSign("LEITCH\0"), VideoSign("DAHUA"), VideoSign("DHAV"),
        VideoSign("KDK\0"), VideoSign("MLVI"), VideoSign("LUCAM-RECORDER"), VideoSign("RED1", at: 4),
        VideoSign("RED2", at: 4), VideoSign("vividas03"), VideoSign("pmpm"), VideoSign("ipum"),
        VideoSign((0, [0x1F, 0x07, 0x00])),  // DV
        VideoSign((0, Array("AV".utf8)), (4, [0x55])),  // PVA
        VideoSign((0, [0xF5, 0x46, 0x7A, 0xBD, 0, 0, 0, 2])),  // TiVo
        VideoSign((0, [0x01, 0x01, 0x03, 0xB8, 0x80, 0x60])),  // IV8
        VideoSign((0, Array("CI".utf8)), (2, [0x2C, 0]), (6, [1, 0])),  // Phantom Cine
        VideoSign((0, [0x11, 0xD2, 0xD3, 0xAB, 0xBA, 0xA9, 0xCF, 0x11])),  // IFV
        VideoSign((3, [0xC5, 4, 0, 0, 0])),  // VC-1 test streams
        // Streams without a container.
        VideoSign("BBCD"),  // Dirac, VC-2
        VideoSign((0, [0x12, 0x00, 0x0A])),  // AV1
        // DNxHD.
        VideoSign((0, [0, 0, 2, 0x80, 1])), VideoSign((0, [0, 0, 2, 0x80, 2])), VideoSign((0, [0, 0, 2, 0x80, 3])),
        // Animations and games.
        VideoSign("FILM", holding: "1."), VideoSign((0, Array("FILM".utf8)), (16, Array("FDSC".utf8))),
        VideoSign((0, [0x84, 0x10, 0xFF, 0xFF, 0xFF, 0xFF])),  // id RoQ
        VideoSign("SMK2"), VideoSign("SMK4"), VideoSign("BIKb"), VideoSign("BIKf"), VideoSign("BIKg"),
        VideoSign("BIKh"),
        VideoSign("BIKi"), VideoSign("BIKk"), VideoSign("KB2a"), VideoSign("KB2d"), VideoSign("KB2f"),
        VideoSign("KB2g"),
        VideoSign("KB2h"), VideoSign("KB2i"), VideoSign("KB2j"), VideoSign("KB2k"), VideoSign("RIFF", holding: "4XMV"),
        VideoSign("wW\u{10}\0"), VideoSign("VID\0"), VideoSign("BF&I"), VideoSign("DFIA"), VideoSign("DEXA"),
        VideoSign((0, [0x94, 0x19, 0x11, 0x29])),  // GDV
        VideoSign("HNM4"), VideoSign(" Compression by John M Phillips", at: 4), VideoSign("LVFF"),
        VideoSign("MODSN3\n\0"),
        VideoSign((0, [0x4C, 0x32, 0xAA, 0xAB])),  // MobiClip
        VideoSign("MOVI"), VideoSign("Packed Animation File V1.0"), VideoSign("FORM", holding: "RLV2"),
        VideoSign("FORM", holding: "RLV3"), VideoSign("FORM", holding: "MOVE"), VideoSign("FORM", holding: "WVQA"),
        VideoSign("FORM", holding: "ANIM"), VideoSign("ARMovie\n"), VideoSign("SIFF"),
        VideoSign("ANIM", holding: "AHDR"),
        VideoSign("SANM", holding: "SHDR"), VideoSign("THP\0"), VideoSign("TMAV"), VideoSign("xobX", at: 12),
        VideoSign("Interplay MVE File\u{1A}\0\u{1A}"), VideoSign((0, Array("LPF ".utf8)), (16, Array("ANIM".utf8))),
        VideoSign("BRPP"), VideoSign((0, [0x55, 0xAA, 0, 0])),  // Delphine CIN
        VideoSign("MADk"), VideoSign("MPCh"), VideoSign("MVhd"), VideoSign("MVIh"), VideoSign("AVP6"),
        VideoSign("kVGT"),
        VideoSign("SCHl"), VideoSign("SEAD"), VideoSign("SHEN"), VideoSign("AMV\0"),
    ]
}

/// Containers of moving pictures, and streams of them.
func isVideo(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isStartCode(bytes) || isQuickTime(bytes) || VideoSign.all.contains { $0.fits(bytes) } || isH263(bytes)
        || isFlic(bytes) || isFlash(bytes) || isVivo(bytes) || isMultipartJPEG(bytes) || isTransportStream(bytes)
}

/// MPEG program streams and elementary streams.
private func isStartCode(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let zeros = bytes.prefix(4).prefix { $0 == 0 }.count
    guard (2...3).contains(zeros), bytes.count > zeros + 2, bytes[zeros] == 1 else { return false }
    let (code, next) = (bytes[zeros + 1], bytes[zeros + 2])
    switch code {
    // MPEG: packs, PES packets, sequences; MPEG-4 and Chinese standards; VC-1.
    case 0xBA, 0xBB, 0xE0...0xEF, 0xB0, 0xB3, 0xB6, 0xB8, 0x20...0x2F, 0x0F: return true
    // MPEG-4: an object, and then its layer.
    case 0x00...0x1F where bytes.count > zeros + 5 && bytes[zeros + 2..<zeros + 5].elementsEqual([0, 0, 1]): return true
    // H.264: a sequence's parameters, or a delimiter before them.
    case 0x07, 0x27, 0x47, 0x67: return [66, 77, 88, 100, 110, 122, 244, 44, 83, 86, 118, 128].contains(next)
    case 0x09: return next & 0x1F == 0x10
    // HEVC: its parameters, or a delimiter.
    case 0x40, 0x42, 0x46: return next == 1
    default: return false
    }
}

/// QuickTime and MP4 files that start with another box than ftyp.
private func isQuickTime(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 8 else { return false }
    let name = String(decoding: bytes[4..<8], as: UTF8.self)
    return ["moov", "mdat", "free", "skip", "wide", "pnot", "moof", "styp", "sidx"].contains(name)
}

/// Packets of 188 bytes, with a time before each (192), or with a checksum behind (204); the first may be cut.
private func isTransportStream(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(4096))
    return [188, 192, 204].contains { size in
        // Of a short file, as many as there are, if they are enough.
        let needed = min(5, head.count / size)
        guard needed >= 3 else { return false }
        return (0..<size).contains { start in
            guard start + size * (needed - 1) < head.count else { return false }
            return (0..<needed).allSatisfy { head[start + size * $0] == 0x47 }
        }
    }
}

/// A picture's start code, and the bits that follow its number.
private func isH263(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 8 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] & 0xFC == 0x80 && bytes[3] & 3 == 2
        && bytes[4] & 0x80 == 0 && bytes[4] >> 2 & 7 != 0
}

private func isFlic(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 128, (0x11...0x13).contains(bytes[4]), bytes[5] == 0xAF else { return false }
    func number(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
    return (1...4096).contains(number(8)) && (1...4096).contains(number(10)) && [0, 8, 15, 16, 24].contains(number(12))
}

private func isFlash(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 9, bytes[1] == UInt8(ascii: "W"), bytes[2] == UInt8(ascii: "S") else { return false }
    return [UInt8(ascii: "F"), UInt8(ascii: "C")].contains(bytes[0]) && (1...60).contains(bytes[3])
}

private func isVivo(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 20, bytes[0] == 0 else { return false }
    return (2...4).contains { VideoSign("\r\nVersion:Vivo/", at: $0).fits(bytes) }
}

/// What a webcam serves.
private func isMultipartJPEG(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.starts(with: "--".utf8) else { return false }
    return String(decoding: bytes.prefix(256), as: UTF8.self).lowercased().contains("content-type: image/jpeg")
}

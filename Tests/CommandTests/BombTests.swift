import Foundation
import TestSupport
import Testing

/// Small files that ask for much: each is refused for what its header says, before anything is allocated for it.
@Suite struct Bombs {
    private let ansim = Tool()
    private var folder: String { ansim.folder.path + "/bombs" }

    /// Scans the folder.
    ///
    /// - Returns: verdict and reason (of what is not clear) by file name, and the most memory that a process
    ///   took, in MiB.
    private func scan() throws -> (outcomes: [String: String], peak: Int) {
        let result = try run(
            URL(filePath: "/usr/bin/python3"),
            [
                "-c",
                """
                import resource, subprocess, sys
                status = subprocess.run(sys.argv[1:]).returncode
                print('{"peak":%d}' % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
                sys.exit(status)
                """, Paths.product("ansim").path, "scan", "--all", "--quiet", "--output", "/dev/stdout", "--no-ledger",
                folder,
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 2, "\(result.errors)")
        var (outcomes, peak): ([String: String], Int) = ([:], .max)
        for record in try result.records {
            if let value = record["peak"] as? Int { peak = value }
            guard let path = record["path"] as? String, let verdict = record["verdict"] as? String else { continue }
            let name = String(path.dropFirst(folder.count + 1))
            switch record["kind"] as? String {
            case "item": if outcomes[name] == nil { outcomes[name] = verdict }
            case "unexamined": outcomes[name] = "\(verdict) \(try #require(record["reason"] as? String))"
            default: Issue.record("\(record)")
            }
        }
        return (outcomes, peak)
    }

    @Test(.timeLimit(.minutes(20))) func thatStateAHugeSizeAreOverTheLimit() throws {
        try ansim.registerSamples()
        for size in HugeSize.all { try ansim.folder.write(size.file(), to: "bombs/" + size.name) }
        let (outcomes, peak) = try scan()
        for size in HugeSize.all { #expect(outcomes[size.name] == "overLimit tooManyPixels", "\(size.name)") }
        #expect(outcomes.count == HugeSize.all.count)
        #expect(peak < 120, "\(peak) MiB")
    }

    /// What is packed is unpacked as an archive is: no further than a hundred times its size. What follows a picture is not.
    @Test(.timeLimit(.minutes(20))) func thatArePackedAreUnpackedNoFurtherThanTheRatio() throws {
        try ansim.registerSamples()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let made = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c",
                """
                cd "$1" || exit 1
                (echo '<svg xmlns="http://www.w3.org/2000/svg">'; head -c 500000000 /dev/zero | tr '\\0' ' '; echo '</svg>') \\
                | gzip -1 > drawing.svgz && cp drawing.svgz drawing.png
                (cat "$2/png-rgb8.png"; head -c 100000000 /dev/zero | gzip -1) > after.png
                """, "", folder, Paths.root.appending(path: "Tests/DecodingTests/Fixtures").path,
            ])
        try #require(made.status == 0, "\(made.errors)")
        let (outcomes, peak) = try scan()
        #expect(
            outcomes == [
                "drawing.svgz": "overLimit tooCompressed", "drawing.png": "overLimit tooCompressed",
                "after.png": "clear",
            ])
        #expect(peak < 320, "\(peak) MiB")
    }

    /// Pictures of their own format's packing, whose data go on for longer than their size says.
    @Test(.timeLimit(.minutes(20))) func thatUnpackToMoreThanTheirSizeAreReadNoFurther() throws {
        try ansim.registerSamples()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let made = try run(
            URL(filePath: "/usr/bin/python3"),
            [
                "-c",
                """
                import struct, sys, zlib
                def chunk(kind, data):
                    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
                squeeze = zlib.compressobj(9)
                data = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(512)) + squeeze.flush()
                def png(width, height, data, before=b""):
                    return (b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                        + before + chunk(b"IDAT", data) + chunk(b"IEND", b""))
                small = zlib.compress(bytes(64 * (64 * 3 + 1)))
                for name, file in {
                    "rows.png": png(64, 64, data), "profile.png": png(64, 64, small, chunk(b"iCCP", b"p\\0\\0" + data)),
                    "text.png": png(64, 64, small, chunk(b"iTXt", b"t\\0\\1\\0\\0\\0" + data)),
                }.items():
                    open(sys.argv[1] + "/" + name, "wb").write(file)
                # One code of a GIF stands for 4096 pixels, and there are far more of them than the picture has.
                head = b"GIF89a" + struct.pack("<HHBBB", 64, 64, 0x80, 0, 0) + bytes(6)
                frame = b"," + struct.pack("<HHHHB", 0, 0, 64, 64, 0) + b"\\2" + (b"\\xff" + b"\\x84" * 255) * 4000 + b"\\0"
                open(sys.argv[1] + "/codes.gif", "wb").write(head + frame + b";")
                """, folder,
            ])
        try #require(made.status == 0, "\(made.errors)")
        let (outcomes, peak) = try scan()
        #expect(
            outcomes == [
                "rows.png": "partial damaged", "profile.png": "clear", "text.png": "clear", "codes.gif": "clear",
            ])
        #expect(peak < 120, "\(peak) MiB")
    }
}

/// A fixture whose header is changed so that it states more pixels than are allowed.
private struct HugeSize: Sendable {
    let fixture: String
    let change: @Sendable (inout Data) -> Void

    var name: String { fixture }

    func file() throws -> Data {
        var data = try Data(
            contentsOf: Paths.root.appending(path: "Tests/DecodingTests/Fixtures").appending(path: fixture))
        let before = data
        change(&data)
        try #require(data != before)
        return data
    }

    /// Both sides as big-endian or little-endian numbers of `count` bytes at the given places.
    init(_ fixture: String, _ side: Int = 60000, at places: [Int], _ count: Int, bigEndian: Bool = false) {
        self.init(fixture) { data in
            for place in places { data.put(side, at: place, count, bigEndian: bigEndian) }
        }
    }

    init(_ fixture: String, change: @escaping @Sendable (inout Data) -> Void) {
        (self.fixture, self.change) = (fixture, change)
    }

    static let all: [HugeSize] = [
        HugeSize("jpeg-baseline-420.jpg") { $0.putAfter([0xFF, 0xC0], 60000, at: [5, 7], 2) },
        HugeSize("jpeg-progressive.jpg") { $0.putAfter([0xFF, 0xC2], 60000, at: [5, 7], 2) },
        HugeSize("jpeg-lossless-gray.jpg") { $0.putAfter([0xFF, 0xC3], 60000, at: [5, 7], 2) },
        HugeSize("png-rgb8.png", at: [16, 20], 4, bigEndian: true),
        HugeSize("png-rgb8-interlaced.png", 0x7FFF_FFFF, at: [16, 20], 4, bigEndian: true),
        HugeSize("webp-lossy.webp", 16383, at: [26, 28], 2),
        HugeSize("webp-lossless.webp") { $0.put(1 << 28 - 1 | Int($0[24] & 0xF0) << 24, at: 21, 4, bigEndian: false) },
        HugeSize("webp-animated.webp", 60000, at: [24, 27], 3),
        HugeSize("heic-420.heic") { $0.putAfter(Array("ispe".utf8), 60000, at: [8, 12], 4) },
        HugeSize("avif-420.avif") { $0.putAfter(Array("ispe".utf8), 60000, at: [8, 12], 4) },
        HugeSize("gif-plain.gif", at: [6, 8], 2),
        HugeSize("bmp-24.bmp", at: [18, 22], 4),
        HugeSize("bmp-24-os2.bmp", at: [18, 20], 2),
        HugeSize("bmp-palette8-rle.bmp", at: [18, 22], 4),
        // The entries of a TIFF directory: tag, type (4: a number of 4 bytes), count, value.
        HugeSize("tiff-rgb.tiff") { data in
            for tag: UInt8 in [0, 1] { data.putAfter([tag, 1, 3, 0, 1, 0, 0, 0], 60000, at: [8], 2, bigEndian: false) }
        },
        HugeSize("ico-bmp24.ico") { $0.putAfter([40, 0, 0, 0], 60000, at: [4, 8], 4, bigEndian: false) },
        HugeSize("ico-png.ico") { $0.putAfter(Array("IHDR".utf8), 60000, at: [4, 8], 4) },
        HugeSize("psd-rgb.psd", 30000, at: [14, 18], 4, bigEndian: true),
        HugeSize("qoi-rgb.qoi", at: [4, 8], 4, bigEndian: true),
        HugeSize("jpeg2000-rgb.jp2") { data in
            data.putAfter(Array("ihdr".utf8), 60000, at: [4, 8], 4)
            data.putAfter([0xFF, 0x51], 60000, at: [6, 10], 4)
        },
        HugeSize("jpeg2000-rgb.j2k") { $0.putAfter([0xFF, 0x51], 60000, at: [6, 10], 4) },
        HugeSize("jpegxl-lossless.jxl") { data in
            // Bits from the lowest: not small; height in 30 bits; as wide as high.
            data.insert(contentsOf: [0, 0, 0, 0, 0], at: 2)
            data.put(0b110 | 59999 << 3 | 1 << 33, at: 2, 5, bigEndian: false)
        },
        HugeSize("dds-dxt1.dds", at: [12, 16], 4),
        HugeSize("pnm-rgb.ppm") {
            $0.replaceSubrange(..<$0.startIndex.advanced(by: 3), with: Data("P6 60000 60000 255\n".utf8))
        },
        HugeSize("pnm-rgba.pam") { data in
            data = Data("P7\nWIDTH 60000\nHEIGHT 60000\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n".utf8) + data
        },
        HugeSize("pcx-rgb.pcx", 59999, at: [8, 10], 2),
        HugeSize("sgi-rgb.rgb", at: [6, 8], 2, bigEndian: true),
        HugeSize("sun-rgb.ras", at: [4, 8], 4, bigEndian: true),
        HugeSize("exr-half.exr") { data in
            // A window: left, top, right, bottom.
            for name in ["dataWindow\0box2i\0", "displayWindow\0box2i\0"] {
                data.putAfter(
                    Array(name.utf8), 59999, at: [name.utf8.count + 12, name.utf8.count + 16], 4, bigEndian: false)
            }
        },
        HugeSize("dpx-8.dpx", at: [772, 776], 4, bigEndian: true),
        HugeSize("tga-24.tga", at: [12, 14], 2),
    ]
}

extension Data {
    fileprivate mutating func put(_ value: Int, at place: Int, _ count: Int, bigEndian: Bool) {
        for index in 0..<count {
            self[place + index] = UInt8(truncatingIfNeeded: value >> (8 * (bigEndian ? count - 1 - index : index)))
        }
    }

    /// Puts a number at places counted from the start of a mark, wherever the mark stands.
    fileprivate mutating func putAfter(
        _ mark: [UInt8], _ value: Int, at places: [Int], _ count: Int, bigEndian: Bool = true
    ) {
        var from = startIndex
        while let found = self[from...].firstRange(of: mark) {
            for place in places where found.lowerBound + place + count <= endIndex {
                put(value, at: found.lowerBound + place, count, bigEndian: bigEndian)
            }
            from = found.upperBound
        }
    }
}

import CMediaShims
import CommonDecoding
import Decoding
import DecodingTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

/// The quick way through a PNG against libpng: the same pixels, or the same gray where a file is broken.
@Suite struct QuickPNG {
    @Test func equalsLibpngOnAllFixtures() throws {
        var compared = 0
        for file in try files(in: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")) {
            compared += try compare(Data(contentsOf: file), file.lastPathComponent) ? 1 : 0
        }
        #expect(compared > 20)
    }

    @Test(.enabled(if: Paths.shared != nil)) func equalsLibpngOnPhotosAndHostileFiles() throws {
        for folder in ["media/photos", "media/hostile"] {
            for file in try files(in: Paths.shared!.appending(path: folder)) {
                _ = try compare(Data(contentsOf: file), file.lastPathComponent)
            }
        }
    }

    /// Cut off anywhere, and with bits flipped, checksums mended so that the damage reaches the inflater.
    @Test(arguments: ["png-gray8.png", "png-rgb8-tall.png", "png-rgba8-tall.png"])
    func equalsLibpngOnBrokenFiles(name: String) throws {
        let whole = [UInt8](PlainPNG.named(name))
        #expect(try compare(Data(whole), name))
        var random = SeededGenerator(seed: 11)
        for count in stride(from: 40, to: whole.count, by: max(1, whole.count / 60)) {
            _ = try compare(Data(whole[..<count]), "\(name) cut to \(count)")
        }
        for round in 0..<400 {
            var broken = whole
            for _ in 0...round % 3 {
                let at = Int.random(in: 33..<broken.count, using: &random)
                broken[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            _ = try compare(Data(broken), "\(name) with flipped bits \(round)")
            _ = try compare(Data(PlainPNG.withChecksums(broken)), "\(name) with flipped bits \(round), checksums right")
        }
    }

    private func files(in folder: URL) throws -> [URL] {
        let names = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)!
        return names.compactMap { $0 as? URL }.filter { $0.pathExtension.lowercased() == "png" }
            .sorted { $0.path < $1.path }
    }

    /// Whether there was something to compare.
    private func compare(_ data: Data, _ name: String) throws -> Bool {
        let limits = ItemLimits(pixels: 1 << 24)
        guard data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return false }
        return data.withUnsafeBytes { bytes -> Bool in
            guard let libpng = LibPNG(bytes), libpng.info.is_plain != 0,
                Int(libpng.info.width) * Int(libpng.info.height) <= limits.pixels
            else { return false }
            let stride = Int(libpng.info.width) * Int(libpng.info.channels)
            var expected: [UInt8] = []
            let isWhole = libpng.decode { expected += UnsafeBufferPointer(start: $0, count: $1 * stride) }
            let quick = try? decode(data, limits: limits)
            guard let quick else {
                #expect(expected.isEmpty, "\(name): libpng makes something of it")
                return true
            }
            #expect(isWhole || quick.picture.damage != nil, "\(name): damage goes unnoticed")
            let missing = [UInt8](repeating: 128, count: Int(libpng.info.height) * stride - expected.count)
            #expect(quick.pixels == expected + missing, "\(name)")
            return true
        }
    }
}

/// PNG files as an encoder would write them: every filter, stored and compressed blocks, several data chunks.
private enum PlainPNG {
    static func named(_ name: String) -> Data {
        try! Data(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)"))
    }

    /// The same with the checksum that belongs to each chunk.
    static func withChecksums(_ png: [UInt8]) -> [UInt8] {
        var png = png
        var at = 8
        while at + 12 <= png.count {
            let count = png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard count <= png.count - at - 12 else { break }
            let sum = crc32(png[at + 4..<at + 8 + count])
            for i in 0..<4 { png[at + 8 + count + i] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * i)) }
            at += 12 + count
        }
        return png
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}

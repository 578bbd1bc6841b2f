import CMediaShims
import CommonDecoding
import Decoding
import DecodingTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

/// The usual kind of JPEG is decoded without libjpeg, to the same pixels, and by libjpeg as soon as something is wrong.
@Suite struct BaselineJPEG {
    @Test(arguments: [(1, 1), (2, 1), (1, 2), (2, 2)], [0, 1, 7])
    func equalsLibjpegWhateverTheSampling(sampling: (across: Int, down: Int), restartInterval: Int) throws {
        var random = SeededGenerator(seed: UInt64(sampling.across + 2 * sampling.down + 8 * restartInterval))
        var writer = JPEGWriter(across: sampling.across, down: sampling.down, restartInterval: restartInterval)
        for width in [16, 17, 23, 24, 31, 33, 250, 257, 511] {
            for height in [16, 17, 23, 25, 31, 32, 33, 130] {
                (writer.width, writer.height) = (width, height)
                try expectEqual(writer.file(&random), "\(width) x \(height)", isOwn: true)
            }
        }
    }

    @Test(arguments: [0, 5]) func equalsLibjpegInGray(restartInterval: Int) throws {
        var random = SeededGenerator(seed: 3)
        for (width, height) in [(16, 16), (17, 99), (300, 33)] {
            let writer = JPEGWriter(width: width, height: height, isGray: true, restartInterval: restartInterval)
            try expectEqual(writer.file(&random), "\(width) x \(height)", isOwn: true)
        }
    }

    /// For a fast hash, as means of 2 x 2, 4 x 4 and 8 x 8 pixels.
    @Test(arguments: [(1030, 1101, 2), (2049, 2070, 4), (4100, 4097, 8)])
    func equalsLibjpegWhenReduced(width: Int, height: Int, reduction: Int) throws {
        var random = SeededGenerator(seed: 4)
        let writer = JPEGWriter(width: width, height: height, restartInterval: 1000, detail: 2)
        let data = writer.file(&random)
        #expect(try decode(data, precision: .fast).picture.shape.reduction == reduction)
        try expectEqual(data, "\(width) x \(height)", .fast, isOwn: true)
    }

    @Test func equalsLibjpegOnSampleMedia() throws {
        var compared = 0
        for file in try files(in: Paths.sampleMedia) {
            for precision in [HashPrecision.exact, .fast] {
                compared += try expectEqual(Data(contentsOf: file), "\(file.lastPathComponent)", precision) ? 1 : 0
            }
        }
        #expect(compared > 20)
    }

    @Test func equalsLibjpegOnAllFixtures() throws {
        for fixture in Fixture.all where fixture.file.hasSuffix(".jpg") {
            try expectEqual(fixture.data, "\(fixture.file)")
            try expectEqual(fixture.data, "\(fixture.file)", .fast)
        }
    }

    /// Cut off anywhere, with flipped bits, with bytes that were lost or put in.
    @Test(arguments: [0, 3]) func equalsLibjpegOnBrokenFiles(restartInterval: Int) throws {
        var random = SeededGenerator(seed: UInt64(5 + restartInterval))
        for round in 0..<600 {
            let writer = JPEGWriter(
                width: Int.random(in: 16...80, using: &random), height: Int.random(in: 16...80, using: &random),
                isGray: round % 5 == 0, across: 1 + round % 2, down: 1 + round / 2 % 2,
                restartInterval: restartInterval)
            var data = writer.file(&random)
            let at = Int.random(in: 0..<data.count, using: &random)
            switch round % 4 {
            case 0: data = data[..<max(1, at)]
            case 1: data[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: data.remove(at: at)
            default: data.insert(contentsOf: [0xFF, [0, 0xD0, 0xD1, 0xD9].randomElement(using: &random)!], at: at)
            }
            try expectEqual(data, "round \(round)", round % 3 == 0 ? .fast : .exact)
        }
    }

    /// libjpeg starts anew where the own decoder gives up: nothing of that is seen.
    @Test func startsAnewWhereItGivesUp() throws {
        var random = SeededGenerator(seed: 6)
        let writer = JPEGWriter(width: 200, height: 200)
        var broken = writer.file(&random)
        let whole = broken
        broken.replaceSubrange(broken.count * 3 / 4..<broken.count - 2, with: [UInt8](repeating: 0x55, count: 40))
        let (first, second) = (try decode(whole), try decode(broken))
        #expect(first.picture.damage == nil && second.picture.damage != nil)
        #expect(first.picture.shape.channels == 4 && second.picture.shape.channels == 3)
        #expect(first.pixels.count == second.pixels.count && first.pixels.prefix(9000) == second.pixels.prefix(9000))
    }

    private func files(in folder: URL) throws -> [URL] {
        let names = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)!
        return names.compactMap { $0 as? URL }.filter { $0.pathExtension.lowercased() == "jpg" }
            .sorted { $0.path < $1.path }
    }

    /// Whether there was something to compare.
    ///
    /// - Parameter isOwn: whether it has to be decoded without libjpeg.
    @discardableResult
    private func expectEqual(
        _ data: Data, _ name: Comment, _ precision: HashPrecision = .exact, isOwn: Bool = false
    ) throws -> Bool {
        guard let (picture, pixels) = try? decode(data, precision: precision) else {
            #expect(!isOwn, name)
            return false
        }
        let isLuma = picture.shape.channels == 1
        // Rows of four bytes can only be our own.
        if isOwn, !isLuma { #expect(picture.shape.channels == 4, name) }
        return data.withUnsafeBytes { bytes in
            guard let libjpeg = LibJPEG(bytes), libjpeg.info.is_progressive == 0, libjpeg.info.channels != 4 else {
                return false
            }
            var expected: [UInt8] = []
            let isWhole = libjpeg.decode(luma: isLuma && libjpeg.info.channels == 3, reduction: picture.shape.reduction)
            {
                expected += $0
            }
            // What libjpeg refuses only when it starts is libav's.
            guard !expected.isEmpty else { return false }
            // Behind an error that libjpeg does not go over, all is gray.
            let missing = [UInt8](repeating: 128, count: max(0, pixels.count - expected.count))
            #expect(pixels == expected + missing, name)
            #expect(isWhole == missing.isEmpty && (picture.damage != nil) == (!isWhole || libjpeg.isDamaged), name)
            return true
        }
    }
}

import CommonDecoding
import ContentDigest
import Decoding
import DecodingTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

/// One line of Fixtures/expected.json; the README there explains it.
struct Fixture: Decodable, Sendable, CustomTestStringConvertible {
    enum Outcome: String, Decodable { case whole, damaged, corrupt, unsupported, notAPicture, tooManyPixels }
    let file: String
    let format: String
    let outcome: Outcome
    let width: Int?
    let height: Int?
    let channels: Int?
    let exifOrientation: Int?
    let pixelsSHA256: String?
    let intactRows: Int?
    let intactSHA256: String?
    let grayFrom: Int?
    let likeFile: String?
    let meanDifference: Double?

    var testDescription: String { file }
    var data: Data { try! Data(contentsOf: Self.folder.appending(path: file)) }

    static let folder = Paths.root.appending(path: "Tests/DecodingTests/Fixtures")
    static let all: [Fixture] = try! JSONDecoder().decode(
        [Fixture].self, from: Data(contentsOf: folder.appending(path: "expected.json")))
}

@Suite struct Fixtures {
    @Test(arguments: Fixture.all)
    func decodeAsExpected(fixture: Fixture) throws {
        #expect(fixture.data.withUnsafeBytes { sniff($0) }.rawValue == fixture.format)
        switch fixture.outcome {
        case .whole, .damaged:
            let (picture, pixels) = try decode(fixture.data)
            #expect((picture.damage == nil) == (fixture.outcome == .whole), "\(picture.damage ?? "no damage told")")
            #expect(picture.format.rawValue == fixture.format)
            #expect(picture.shape.width == fixture.width && picture.shape.height == fixture.height)
            #expect(picture.shape.keptChannels == fixture.channels)
            #expect(picture.exifOrientation == fixture.exifOrientation)
            #expect(pixels.count == picture.shape.width * picture.shape.height * picture.shape.keptChannels)
            try check(pixels, picture.shape, fixture)
        case .corrupt, .unsupported, .notAPicture, .tooManyPixels:
            let error = try #require(throws: DecodeError.self) { try decode(fixture.data) }
            #expect(name(error) == fixture.outcome.rawValue, "\(error)")
        }
    }

    private func check(_ pixels: [UInt8], _ shape: PictureShape, _ fixture: Fixture) throws {
        let stride = shape.width * shape.keptChannels
        if let expected = fixture.pixelsSHA256 { #expect(digest(pixels[...]) == expected, "pixels") }
        if let rows = fixture.intactRows {
            #expect(digest(pixels[..<(rows * stride)]) == fixture.intactSHA256, "the rows before the damage")
        }
        if let row = fixture.grayFrom {
            #expect(pixels[(row * stride)...].allSatisfy { $0 == 128 }, "the rows that are missing")
        }
        if let other = fixture.likeFile {
            let (picture, original) = try decode(Data(contentsOf: Fixture.folder.appending(path: other)))
            let difference = zip(luma(pixels, shape), luma(original, picture.shape)).map { abs($0 - $1) }
            let mean = difference.reduce(0, +) / Double(difference.count)
            #expect(mean <= fixture.meanDifference!, "mean difference \(mean)")
        }
    }

    private func luma(_ pixels: [UInt8], _ shape: PictureShape) -> [Double] {
        guard shape.keptChannels == 3 else { return pixels.map(Double.init) }
        return stride(from: 0, to: pixels.count, by: 3).map { at -> Double in
            let (r, g, b) = (Double(pixels[at]), Double(pixels[at + 1]), Double(pixels[at + 2]))
            return 0.299 * r + 0.587 * g + 0.114 * b
        }
    }

    private func digest(_ bytes: ArraySlice<UInt8>) -> String {
        SHA256Digest(bytes: bytes.withUnsafeBytes { sha256($0) })!.description
    }

    private func name(_ error: DecodeError) -> String {
        switch error {
        case .notAPicture: "notAPicture"
        case .unsupported: "unsupported"
        case .corrupt: "corrupt"
        case .tooManyPixels: "tooManyPixels"
        case .tooMuchMemory: "tooMuchMemory"
        case .tooSlow: "tooSlow"
        case .tooComplex: "tooComplex"
        }
    }
}

@Suite struct Decoders {
    @Test func sayThatThereIsMoreThanOneFrame() throws {
        let several = ["gif-animated.gif", "webp-animated.webp", "png-animated.png"]
        for fixture in Fixture.all where fixture.outcome == .whole {
            let (picture, _) = try decode(fixture.data)
            let expected = several.contains(fixture.file) || fixture.file.contains("two-pages")
            #expect(picture.hasFurtherFrames == expected, "\(fixture.file)")
        }
    }

    @Test func refuseWhatIsOverALimit() throws {
        let fixture = Fixture.folder.appending(path: "png-rgb8.png")
        let data = try Data(contentsOf: fixture)
        #expect(throws: DecodeError.tooManyPixels(width: 97, height: 63)) {
            try decode(data, limits: ItemLimits(pixels: 97 * 63 - 1))
        }
        #expect(try decode(data, limits: ItemLimits(pixels: 97 * 63)).picture.shape.width == 97)
        #expect(throws: DecodeError.tooMuchMemory) { try decode(data, limits: ItemLimits(memory: 100)) }
        let jpeg = try Data(contentsOf: Fixture.folder.appending(path: "jpeg-progressive.jpg"))
        #expect(throws: DecodeError.tooMuchMemory) { try decode(jpeg, limits: ItemLimits(memory: 100)) }
        #expect(throws: DecodeError.tooSlow) { try decode(data, limits: ItemLimits(seconds: 0)) }
    }

    /// libav looped for ever over some of these.
    @Test(.timeLimit(.minutes(5)), arguments: ["jpegxl-lossless-boxed.jxl", "jpegxl-lossless.jxl"])
    func comeToAnEndWhereverTheFileDoes(fixture: String) throws {
        let data = try Data(contentsOf: Fixture.folder.appending(path: fixture))
        let whole = try decode(data).pixels
        for count in 2..<data.count {
            let start = ContinuousClock.now
            if let (picture, pixels) = try? decode(data.prefix(count)) {
                #expect(picture.damage != nil || pixels == whole, "\(count) bytes")
            }
            #expect(ContinuousClock.now - start < .seconds(5), "\(count) bytes")
        }
        // A box begun behind the picture does no harm.
        #expect(try decode(data + [0, 0, 1, 0]).pixels == whole)
    }
}

import CommonDecoding
import Decoding
import DecodingTestSupport
import Foundation
import MediaModel
import PerceptualHash
import TestSupport
import Testing

/// How far a fast hash lies from the exact one, on photos.
@Suite(.enabled(if: Paths.shared != nil)) struct FastHashesOfPhotos {
    @Test func liesWithinAFewBitsOfTheExactHash() throws {
        let folder = Paths.shared!.appending(path: "media/photos")
        var distances: [Int] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let data = try Data(contentsOf: folder.appending(path: name))
            let exact = try feature(data, .exact)
            guard exact.quality > .usualGate else { continue }
            let fast = try feature(data, .fast)
            distances.append(exact.hash.distance(to: fast.hash))
            #expect(distances.last! <= 6, "\(name)")
            #expect(abs(exact.quality.rawValue - fast.quality.rawValue) <= 3, "\(name)")
        }
        #expect(distances.count > 200)
        #expect(Double(distances.reduce(0, +)) / Double(distances.count) < 1)
    }

    private func feature(_ data: Data, _ precision: HashPrecision) throws -> Feature {
        var sink = HashingSink(precision)
        _ = try data.withUnsafeBytes { try decodePicture($0, limits: ItemLimits(), precision: precision, into: &sink) }
        return sink.hasher!.finish().feature
    }
}

/// Decoded rows straight into a hash.
struct HashingSink: PixelSink {
    let precision: HashPrecision
    var hasher: PDQHasher?

    init(_ precision: HashPrecision) { self.precision = precision }

    mutating func begin(_ shape: PictureShape) {
        hasher = PDQHasher(
            width: shape.width, height: shape.height, layout: PixelLayout(channels: shape.channels),
            precision: precision, reduction: shape.reduction)
    }

    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        hasher!.add(rows: rows, count: count, stride: stride)
    }
}

import LocalFeatures
import MediaModel
import TestSupport
import Testing

/// Squares of random brightness and size.
private func picture(_ seed: UInt64, width: Int = 400, height: Int = 300) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var pixels = [UInt8](repeating: 128, count: width * height)
    for _ in 0..<250 {
        let side = Int.random(in: 6...50, using: &generator)
        let (left, top) = (
            Int.random(in: 0..<width - side, using: &generator), Int.random(in: 0..<height - side, using: &generator)
        )
        let level = UInt8.random(in: 0...255, using: &generator)
        for y in top..<top + side { for x in left..<left + side { pixels[y * width + x] = level } }
    }
    return pixels
}

private func features(_ pixels: [UInt8], width: Int = 400, height: Int = 300) -> [LocalFeature] {
    localFeatures(luma: pixels, width: width, height: height, stride: width, maximumCount: 200)
}

@Suite struct Features {
    @Test func areTheSameEveryTimeAndAPrefixIsTheFewer() {
        let pixels = picture(1)
        let all = features(pixels)
        #expect(all.count == 200)
        #expect(all == features(pixels))
        let few = localFeatures(luma: pixels, width: 400, height: 300, stride: 400, maximumCount: 50)
        #expect(few == Array(all.prefix(50)))
    }

    /// Registered references keep their descriptors: an item's must go on to be the same, whatever makes them.
    @Test func areThoseOfEarlierVersions() {
        func noise(_ at: Int) -> UInt8 {
            let block = UInt32(at / 400 / 9 * 97 + at % 400 / 9)
            return UInt8(truncatingIfNeeded: (block &* 2_654_435_761) >> 13)
        }
        let found = features((0..<400 * 300).map(noise))
        var bytes = PictureDetails(hashes: [], features: found).bytes
        // The version that they are stored in may go up.
        bytes[0] = 2
        let sum = bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        #expect(sum == 15_188_465_036_966_820_429)
    }

    /// Nearly all: where neighbours are equally strong, the mirrored one's first is another.
    @Test func ofTheMirroredPictureAreTheMirroredOnes() {
        let pixels = picture(2)
        let mirrored = (0..<300).flatMap { y in pixels[y * 400..<(y + 1) * 400].reversed() }
        let known = Dictionary(grouping: features(pixels).map(\.mirrored), by: \.descriptor)
        let found = features(mirrored).count { feature in
            known[feature.descriptor]?.contains {
                $0.angle == feature.angle && $0.y == feature.y && abs(65535 - Int($0.x) - Int(feature.x)) < 2
            } ?? false
        }
        #expect(found > 150, "\(found) of 200")
    }

    @Test func areFoundAgainWhereACopyIsTurned() {
        let pixels = picture(3)
        // A quarter turn: (x, y) -> (299 - y, x).
        var turned = [UInt8](repeating: 0, count: pixels.count)
        for y in 0..<300 { for x in 0..<400 { turned[x * 300 + 299 - y] = pixels[y * 400 + x] } }
        let (first, second) = (features(pixels), features(turned, width: 300, height: 400))
        let found = first.count { feature in
            second.contains { other in
                feature.descriptor.distance(to: other.descriptor) <= 31
                    && abs(Int(65535 - feature.y) - Int(other.x)) < 500 && abs(Int(feature.x) - Int(other.y)) < 500
            }
        }
        #expect(found >= 100, "\(found) of 200")
    }

    @Test func ofSmallOrFlatPicturesAreNone() {
        #expect(features([UInt8](repeating: 7, count: 400 * 300)).isEmpty)
        #expect(localFeatures(luma: [1, 2, 3, 4], width: 2, height: 2, stride: 2, maximumCount: 9).isEmpty)
    }
}

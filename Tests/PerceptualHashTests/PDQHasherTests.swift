import MediaModel
import TestSupport
import Testing
import PerceptualHash

@Suite struct PDQHasherBehaviour {
    @Test func doesNotDependOnHowTheRowsCome() {
        var random = SeededGenerator(seed: 3)
        let (width, height) = (301, 211)
        let pixels = (0..<3 * width * height).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = hash(pixels, .rgb, width, height)
        for step in [1, 7, 16, 64] {
            let hasher = PDQHasher(width: width, height: height, layout: .rgb, wanted: .dihedral)
            pixels.withUnsafeBufferPointer { buffer in
                for y in stride(from: 0, to: height, by: step) {
                    hasher.add(
                        rows: buffer.baseAddress! + y * width * 3, count: min(step, height - y), stride: width * 3)
                }
            }
            #expect(hasher.finish().hashes == whole.hashes)
        }
    }

    /// A copy that was turned to gray, stored with one channel or with three, hashes alike.
    @Test func hashesGrayLikeGrayInColour() {
        var random = SeededGenerator(seed: 4)
        let gray = (0..<200 * 150).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(hash(gray, .gray, 200, 150).feature == hash(gray.flatMap { [$0, $0, $0] }, .rgb, 200, 150).feature)
    }

    @Test(arguments: [(1, 1), (4, 100), (100, 4)]) func givesNoHashUnderFivePixels(width: Int, height: Int) {
        let pdq = hash([UInt8](repeating: 77, count: width * height), .gray, width, height)
        #expect(pdq.feature.hash == .zero && pdq.feature.quality.rawValue == 0 && pdq.feature.isDegenerate)
        #expect(pdq.hashes.count == 8)
    }

    @Test(arguments: ["flat", "gradient", "stripes"]) func knowsNoiseHashes(kind: String) {
        let (width, height) = (320, 240)
        let pixels: [UInt8] = (0..<width * height).map { i in
            switch kind {
            case "flat": 128
            case "gradient": UInt8(i % width * 255 / (width - 1))
            default: i / width / 8 % 2 == 0 ? 0 : 255
            }
        }
        #expect(hash(pixels, .gray, width, height).feature.isDegenerate)
    }

    /// What SPEC 1.11 promises only nearly: the rule's hash of a turned picture against the turned picture's own.
    @Test func turnsBlocksAsPicturesTurn() {
        let (width, height) = (400, 300)
        func scene(_ x: Int, _ y: Int) -> UInt8 {
            let (dx, dy) = (x - 130, y - 90)
            return UInt8(
                (x * 3 / 8 + y / 4 + (dx * dx + dy * dy < 4900 ? 80 : 0) + (x > 250 && y > 170 ? 60 : 0)) & 255)
        }
        let hashes = hash((0..<width * height).map { scene($0 % width, $0 / width) }, .gray, width, height)
            .hashes.map(\.hash)
        let turned: [(Dihedral, Int, Int, (Int, Int) -> UInt8)] = [
            (.rot90, height, width, { scene(width - 1 - $1, $0) }),
            (.rot180, width, height, { scene(width - 1 - $0, height - 1 - $1) }),
            (.rot270, height, width, { scene($1, height - 1 - $0) }),
            (.flipx, width, height, { scene($0, height - 1 - $1) }),
            (.flipy, width, height, { scene(width - 1 - $0, $1) }),
            (.flipp, height, width, { scene($1, $0) }),
            (.flipm, height, width, { scene(width - 1 - $1, height - 1 - $0) }),
        ]
        for (orientation, w, h, pixel) in turned {
            let own = hash((0..<w * h).map { pixel($0 % w, $0 / w) }, .gray, w, h).feature.hash
            let distances = hashes.map { $0.distance(to: own) }
            #expect(distances[Int(orientation.rawValue)] <= 16, "\(orientation): \(distances)")
            #expect(distances.firstIndex(of: distances.min()!) == Int(orientation.rawValue))
        }
    }
}

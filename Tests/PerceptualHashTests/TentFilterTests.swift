import MediaModel
import PerceptualHash
import TestSupport
import Testing

@Suite struct FastHash {
    /// Around the sizes where windows change their length and where they are cut off, and a few usual ones.
    private static let sizes = [
        (5, 5), (33, 70), (63, 65), (64, 64), (127, 129), (128, 256), (300, 225), (512, 512), (640, 357), (1001, 130),
        (2049, 40),
    ]

    @Test(arguments: sizes) func seesTheGridThatTheExactOneSees(width: Int, height: Int) {
        let pixels = scene(width, height)
        let exact = GridBuilder(width: width, height: height)
        for y in 0..<height {
            exact.addRow { luma in for x in 0..<width { luma[x] = Float(pixels[y * width + x]) } }
        }
        let tent = TentFilter(width: width, height: height, layout: .gray)
        tent.add(rows: pixels, count: height, stride: width)
        let differences = zip(exact.finish()!.values, tent.finish().values).map { abs($0 - $1) }
        #expect(differences.max()! < 0.02)
        // The steps of quality are cut off, so one or two may tip over.
        let exactHash = hash(pixels, .gray, width, height)
        let fastHash = hash(pixels, .gray, width, height, precision: .fast)
        #expect(exactHash.feature.hash.distance(to: fastHash.feature.hash) <= 2)
        #expect(abs(exactHash.feature.quality.rawValue - fastHash.feature.quality.rawValue) <= 1)
    }

    @Test(arguments: sizes) func isTheSameHoweverPixelsAreStored(width: Int, height: Int) {
        let gray = scene(width, height)
        let coloured = gray.enumerated().flatMap { [$1, UInt8(truncatingIfNeeded: $0), 255 - $1] }
        let padded = stride(from: 0, to: coloured.count, by: 3).flatMap { coloured[$0..<$0 + 3] + [77] }
        let rgb = hash(coloured, .rgb, width, height, precision: .fast)
        #expect(rgb.feature.hash.distance(to: hash(coloured, .rgb, width, height).feature.hash) <= 2)
        #expect(hash(padded, .rgbx, width, height).hashes == hash(coloured, .rgb, width, height).hashes)
        #expect(
            hash(padded, .rgbx, width, height, precision: .fast).feature.hash.distance(to: rgb.feature.hash) <= 2)
    }

    @Test func doesNotDependOnHowTheRowsCome() {
        let (width, height) = (301, 411)
        let pixels = scene(width, height)
        let whole = hash(pixels, .gray, width, height, precision: .fast)
        for step in [1, 7, 16, 64] {
            let hasher = PDQHasher(width: width, height: height, layout: .gray, wanted: .dihedral, precision: .fast)
            pixels.withUnsafeBufferPointer { buffer in
                for y in stride(from: 0, to: height, by: step) {
                    hasher.add(rows: buffer.baseAddress! + y * width, count: min(step, height - y), stride: width)
                }
            }
            #expect(hasher.finish().hashes == whole.hashes)
        }
    }

    /// Sums of the largest pictures must not overflow.
    @Test(arguments: [(40_000, 6), (6, 66_000), (70_000, 70)]) func holdsWhitePicturesOfAnySize(width: Int, height: Int)
    {
        let tent = TentFilter(width: width, height: height, layout: .gray)
        let row = [UInt8](repeating: 255, count: width)
        for _ in 0..<height { tent.add(rows: row, count: 1, stride: width) }
        #expect(tent.finish().values.allSatisfy { abs($0 - 255) < 0.01 })
    }

    @Test func knowsNoiseHashes() {
        let flat = [UInt8](repeating: 99, count: 320 * 240)
        #expect(hash(flat, .gray, 320, 240, precision: .fast).feature.isDegenerate)
        let stripes: [UInt8] = (0..<320 * 240).map { $0 / 2560 % 2 == 0 ? 0 : 255 }
        #expect(hash(stripes, .gray, 320, 240, precision: .fast).feature.isDegenerate)
    }

    /// Shapes, a gradient and grain.
    private func scene(_ width: Int, _ height: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(width * 10_000 + height))
        return (0..<height).flatMap { y in
            (0..<width).map { x in
                let (u, v) = (x * 256 / width, y * 256 / height)
                let shapes = (u / 40 + v / 56) % 2 * 70 + ((u - 90) * (u - 90) + (v - 140) * (v - 140) < 3600 ? 60 : 0)
                return UInt8(min(255, shapes + u / 4 + v / 8 + Int.random(in: 0...20, using: &random)))
            }
        }
    }
}

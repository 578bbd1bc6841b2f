import Foundation
import MediaModel
import PictureRegions
import TestSupport
import Testing

/// What a picture looks like from the side: drawn between four corners, given in pixels, onto another one.
private func drawn(
    _ picture: LumaPicture, between corners: [(x: Double, y: Double)], onto ground: LumaPicture
) throws -> LumaPicture {
    let part = try #require(quadrilateral(corners, of: ground))
    let inverse = part.projection.inverse
    var pixels = ground.pixels
    for y in 0..<ground.height {
        for x in 0..<ground.width {
            // Means of four samples a pixel: edges are as smooth as a camera's.
            var (sum, count) = (0.0, 0)
            for (i, j) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let (u, v) = inverse(
                    (Double(x) + i) / Double(ground.width), (Double(y) + j) / Double(ground.height))
                guard (0..<1).contains(u), (0..<1).contains(v) else { continue }
                let (column, row) = (Int(u * Double(picture.width)), Int(v * Double(picture.height)))
                sum += Double(picture.pixels[row * picture.width + column])
                count += 1
            }
            let at = y * ground.width + x
            pixels[at] = UInt8((sum + Double(4 - count) * Double(ground.pixels[at])) / 4)
        }
    }
    return LumaPicture(pixels: pixels, width: ground.width, height: ground.height)
}

private func quadrilateral(_ corners: [(x: Double, y: Double)], of picture: LumaPicture) -> Quadrilateral? {
    Quadrilateral(corners.map { ($0.x / Double(picture.width), $0.y / Double(picture.height)) })
}

private func ground(_ level: UInt8, _ width: Int, _ height: Int) -> LumaPicture {
    LumaPicture(pixels: [UInt8](repeating: level, count: width * height), width: width, height: height)
}

private func slanted(_ item: LumaPicture) -> [RegionHash] {
    itemRegions(item, gate: .usualGate).filter { $0.kind == .slanted }
}

/// Whether all corners of a part lie near the given ones.
private func lies(_ hash: RegionHash, near corners: [(x: Double, y: Double)], in item: LumaPicture) -> Bool {
    zip(hash.corners!.points, corners).allSatisfy {
        abs($0.x * Double(item.width) - $1.x) < 6 && abs($0.y * Double(item.height) - $1.y) < 6
    }
}

@Suite struct SlantedParts {
    private let picture = texture(width: 480, height: 360, seed: 21)

    private static let corners: [[(x: Double, y: Double)]] = [
        // From the side, from above, and turned by some degrees in each direction.
        [(60, 50), (560, 80), (545, 420), (75, 450)],
        [(110, 60), (520, 66), (590, 430), (50, 440)],
        [(92, 66), (574, 108), (542, 428), (60, 386)],
        [(40, 150), (504, 26), (597, 374), (133, 498)],
        [(170, 30), (600, 160), (490, 490), (60, 360)],
    ]

    @Test(arguments: corners.indices, [20, 245] as [UInt8])
    func areFoundOnAPlainGround(number: Int, level: UInt8) throws {
        let corners = Self.corners[number]
        let item = try drawn(picture, between: corners, onto: ground(level, 640, 520))
        let own = pdq(picture)
        let found = slanted(item).filter { lies($0, near: corners, in: item) && $0.orientation == .orig }
        let nearest = found.map { $0.hash.distance(to: own) }.min()
        #expect(nearest ?? 256 <= 31, "\(String(describing: nearest))")
    }

    @Test func areFoundOnAGroundThatIsNotPlain() throws {
        let corners = Self.corners[0]
        // A wall that darkens to one side, with a few levels of noise.
        var generator = SeededGenerator(seed: 4)
        let wall = LumaPicture(
            pixels: (0..<520 * 640).map { UInt8(30 + $0 % 640 / 20 + Int.random(in: 0...8, using: &generator)) },
            width: 640, height: 520)
        let item = try drawn(picture, between: corners, onto: wall)
        let own = pdq(picture)
        #expect(slanted(item).contains { lies($0, near: corners, in: item) && $0.hash.distance(to: own) <= 31 })
    }

    @Test func areNotSeenInNoise() {
        for seed in 1...8 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let noise = LumaPicture(
                pixels: (0..<640 * 480).map { _ in UInt8.random(in: 0...255, using: &generator) }, width: 640,
                height: 480)
            #expect(slanted(noise).isEmpty)
        }
    }

    @Test func areNotSeenInSmoothPicturesAndPlainOnes() {
        #expect(slanted(ground(90, 640, 480)).isEmpty)
        for seed in 40..<46 as Range<UInt64> {
            #expect(slanted(texture(width: 640, height: 480, seed: seed)).isEmpty)
        }
    }

    @Test(arguments: [1, 31, 33, 40, 63, 65, 100, 239, 241, 401, 961])
    func areSoughtInPicturesOfAnySize(side: Int) {
        var generator = SeededGenerator(seed: UInt64(side))
        for (width, height) in [(side, 47), (47, side), (side, side)] {
            let pixels = (0..<width * height).map { i in
                // Slanted stripes and noise.
                UInt8((i % width + i / width / 3) / 9 % 2 * 180 + Int.random(in: 0...20, using: &generator))
            }
            let item = LumaPicture(pixels: pixels, width: width, height: height)
            let regions = itemRegions(item, gate: Quality(rawValue: 0))
            #expect(regions.count(where: { $0.kind == .slanted }) <= 11)
            #expect(regions == itemRegions(item, gate: Quality(rawValue: 0)))
        }
    }
}

@Suite struct Tilts {
    private let picture = texture(width: 640, height: 480, seed: 5)

    /// A copy of the part of the picture that is seen when it is turned.
    private func turned(_ degrees: Double, width: Double, height: Double) throws -> LumaPicture {
        let (sine, cosine) = (sin(degrees * Double.pi / 180), cos(degrees * Double.pi / 180))
        var pixels: [UInt8] = []
        for y in 0..<Int(height) {
            for x in 0..<Int(width) {
                let (u, v) = (Double(x) + 0.5 - width / 2, Double(y) + 0.5 - height / 2)
                let (column, row) = (Int(320 + u * cosine - v * sine), Int(240 + u * sine + v * cosine))
                pixels.append(picture.pixels[min(479, max(0, row)) * 640 + min(639, max(0, column))])
            }
        }
        return LumaPicture(pixels: pixels, width: Int(width), height: Int(height))
    }

    @Test(arguments: [-7.5, -6, -5, -3.1, -2, -0.8, 0.9, 1.8, 3, 4.2, 5, 7.7])
    func ofAReferenceLieNearWhatIsTurned(degrees: Double) throws {
        let crops = referenceCrops(picture, gate: .usualGate)
        let angle = abs(degrees) * Double.pi / 180
        let factor = 1 / (cos(angle) + sin(angle) * 4 / 3)
        let spread = cos(2 * angle)
        let boxes = [
            (640 * factor, 480 * factor), (640.0, 480.0),
            ((640 * cos(angle) - 480 * sin(angle)) / spread, (480 * cos(angle) - 640 * sin(angle)) / spread),
        ]
        for (width, height) in boxes {
            let hash = pdq(try turned(degrees, width: width.rounded(.down), height: height.rounded(.down)))
            let nearest = crops.map { $0.hash.distance(to: hash) }.min()!
            #expect(nearest <= 31, "\(width) x \(height): \(nearest)")
        }
    }

    @Test func takeLittleRoom() {
        let details = PictureDetails(hashes: referenceCrops(picture, gate: .usualGate))
        #expect(details.byteCount <= 32 << 10)
    }
}

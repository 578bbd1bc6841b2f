import MediaModel
import PerceptualHash
import PictureRegions
import TestSupport
import Testing

/// Smooth random structure, as photos have it.
func texture(width: Int, height: Int, seed: UInt64) -> LumaPicture {
    var generator = SeededGenerator(seed: seed)
    var pixels = [Double](repeating: 128, count: width * height)
    for cell in [64, 32, 16, 8] {
        let (across, down) = (width / cell + 2, height / cell + 2)
        let values = (0..<across * down).map { _ in Double.random(in: -0.8...0.8, using: &generator) * Double(cell) }
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = (Double(x) / Double(cell), Double(y) / Double(cell))
                let (i, j) = (Int(u), Int(v))
                let (s, t) = (u - Double(i), v - Double(j))
                let at = j * across + i
                pixels[y * width + x] +=
                    (values[at] * (1 - s) + values[at + 1] * s) * (1 - t)
                    + (values[at + across] * (1 - s) + values[at + across + 1] * s) * t
            }
        }
    }
    return LumaPicture(pixels: pixels.map { UInt8(max(0, min(255, $0))) }, width: width, height: height)
}

func pdq(_ picture: LumaPicture) -> Hash256 {
    let hasher = PDQHasher(width: picture.width, height: picture.height, layout: .gray)
    picture.pixels.withUnsafeBufferPointer {
        hasher.add(rows: $0.baseAddress!, count: picture.height, stride: picture.width)
    }
    return hasher.finish().feature.hash
}

func cut(_ picture: LumaPicture, _ region: Region) -> LumaPicture {
    var pixels: [UInt8] = []
    for y in region.y..<region.y + region.height {
        let row = y * picture.width
        pixels += picture.pixels[row + region.x..<row + region.x + region.width]
    }
    return LumaPicture(pixels: pixels, width: region.width, height: region.height)
}

@Suite struct Windows {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func hashNearlyAsPDQHashesTheCrop(seed: UInt64) throws {
        let picture = texture(width: 640, height: 480, seed: seed)
        let hasher = WindowHasher(picture)
        for region in [
            Region(x: 0, y: 0, width: 640, height: 480), Region(x: 64, y: 48, width: 512, height: 384),
            Region(x: 200, y: 10, width: 300, height: 400),
        ] {
            let window = try #require(
                PictureWindow(
                    left: Double(region.x) / 640, top: Double(region.y) / 480,
                    right: Double(region.x + region.width) / 640, bottom: Double(region.y + region.height) / 480))
            let hash = try #require(hasher.hashes(of: window, .part, gate: Quality(rawValue: 0)).first)
            let distance = hash.hash.distance(to: pdq(cut(picture, region)))
            #expect(distance <= 16, "\(region): \(distance)")
        }
    }

    @Test func ofFlatPicturesHaveNoHash() {
        let flat = LumaPicture(pixels: [UInt8](repeating: 90, count: 200 * 100), width: 200, height: 100)
        #expect(WindowHasher(flat).hashes(of: .whole, .whole, gate: Quality(rawValue: 0)).isEmpty)
        #expect(itemRegions(flat, gate: Quality(rawValue: 0)).isEmpty)
    }
}

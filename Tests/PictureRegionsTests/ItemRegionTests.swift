import MediaModel
import PictureRegions
import Testing

/// A picture pasted onto another.
private func pasted(_ inner: LumaPicture, at x: Int, _ y: Int, onto outer: LumaPicture) -> LumaPicture {
    var pixels = outer.pixels
    for row in 0..<inner.height {
        let from = row * inner.width
        let to = (y + row) * outer.width + x
        pixels.replaceSubrange(to..<to + inner.width, with: inner.pixels[from..<from + inner.width])
    }
    return LumaPicture(pixels: pixels, width: outer.width, height: outer.height)
}

private func plain(_ level: UInt8, width: Int, height: Int) -> LumaPicture {
    LumaPicture(pixels: [UInt8](repeating: level, count: width * height), width: width, height: height)
}

/// The least distance between a picture's own hash and that of a part of another.
private func nearest(_ picture: LumaPicture, in item: LumaPicture) -> Int {
    let own = pdq(picture)
    return itemRegions(item, gate: .usualGate).map { $0.hash.distance(to: own) }.min() ?? 256
}

@Suite struct Regions {
    private let picture = texture(width: 320, height: 240, seed: 11)

    @Test(arguments: [0, 128, 255] as [UInt8])
    func withinBarsAreFound(level: UInt8) {
        #expect(nearest(picture, in: pasted(picture, at: 0, 60, onto: plain(level, width: 320, height: 360))) <= 20)
        #expect(nearest(picture, in: pasted(picture, at: 90, 0, onto: plain(level, width: 500, height: 240))) <= 20)
        #expect(nearest(picture, in: pasted(picture, at: 31, 47, onto: plain(level, width: 400, height: 330))) <= 20)
    }

    @Test func besideAnotherPictureAreFound() {
        let other = texture(width: 320, height: 240, seed: 12)
        var item = pasted(picture, at: 0, 0, onto: plain(255, width: 648, height: 240))
        item = pasted(other, at: 328, 0, onto: item)
        #expect(nearest(picture, in: item) <= 20)
        #expect(nearest(other, in: item) <= 20)
    }

    @Test func onAPlainPageAreFound() {
        var page = plain(240, width: 500, height: 760)
        for line in 0..<12 { page = pasted(plain(60, width: 300, height: 5), at: 40, 440 + 20 * line, onto: page) }
        #expect(nearest(picture, in: pasted(picture, at: 120, 90, onto: page)) <= 20)
    }

    @Test func ofOtherPicturesAreNot() {
        for seed in 20..<30 as Range<UInt64> {
            #expect(nearest(picture, in: texture(width: 400, height: 300, seed: seed)) > 40)
        }
    }

    @Test func areFewAndTheSameEveryTime() {
        let item = pasted(picture, at: 60, 50, onto: texture(width: 640, height: 480, seed: 3))
        let regions = itemRegions(item, gate: .usualGate)
        #expect(regions == itemRegions(item, gate: .usualGate))
        #expect(regions.count <= 50)
    }
}

@Suite struct Crops {
    private let picture = texture(width: 640, height: 480, seed: 5)

    @Test func lieNearWhatPeopleCrop() {
        let crops = referenceCrops(picture, gate: .usualGate)
        #expect(crops.count <= PictureDetails.maximumHashes)
        var found = 0
        var all = 0
        for keep in stride(from: 0.5, through: 0.95, by: 0.035) {
            for (x, y) in [(0.5, 0.5), (0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (0, 0.5)] {
                let (width, height) = (Int(keep * 640), Int(keep * 480))
                let region = Region(
                    x: Int(x * Double(640 - width)), y: Int(y * Double(480 - height)), width: width, height: height)
                let hash = pdq(cut(picture, region))
                all += 1
                if crops.contains(where: { $0.hash.distance(to: hash) <= 31 }) { found += 1 }
            }
        }
        #expect(Double(found) >= 0.95 * Double(all), "\(found) of \(all)")
    }
}

@Suite struct Luma {
    @Test(arguments: [1, 3, 4])
    func isTheMeanOfSquares(channels: Int) {
        // 1921 columns: three in one, and one more in the last.
        let (width, height) = (1921, 8)
        let row = (0..<width).flatMap { x in
            (0..<channels).map { channel in channel == 3 ? UInt8(99) : UInt8(x % 200) }
        }
        let reducer = LumaReducer(width: width, height: height, channels: channels)
        for _ in 0..<height { reducer.add(rows: row, count: 1, stride: row.count) }
        let plane = reducer.finish()
        #expect(plane.width == 640)
        #expect(plane.height == 2)
        for y in 0..<2 {
            for x in 0..<639 where (3 * x) % 200 < 198 {
                #expect(plane.pixels[y * 640 + x] == UInt8((3 * x + 1) % 200))
            }
        }
    }
}

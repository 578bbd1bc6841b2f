public import MediaModel

extension Thumbnail {
    /// Of a picture: reduced to 64 pixels along its longer side, then blurred so that faces are not recognised.
    public init(blurring picture: LumaPicture) {
        let longest = max(picture.width, picture.height, Self.longestSide)
        let width = max(1, picture.width * Self.longestSide / longest)
        let height = max(1, picture.height * Self.longestSide / longest)
        var pixels = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            let rows =
                y * picture.height / height..<max(y * picture.height / height + 1, (y + 1) * picture.height / height)
            for x in 0..<width {
                let first = x * picture.width / width
                let columns = first..<max(first + 1, (x + 1) * picture.width / width)
                var sum = 0
                for row in rows { for column in columns { sum += Int(picture.pixels[row * picture.width + column]) } }
                pixels[y * width + x] = UInt8(sum / (rows.count * columns.count))
            }
        }
        for _ in 0..<4 { pixels = Self.blurred(pixels, width: width, height: height) }
        self.init(pixels: pixels, width: width, height: height)!
    }

    /// Each pixel is the mean of those around it.
    private static func blurred(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
        var out = pixels
        for y in 0..<height {
            for x in 0..<width {
                var (sum, count) = (0, 0)
                for v in max(0, y - 1)...min(height - 1, y + 1) {
                    for u in max(0, x - 1)...min(width - 1, x + 1) {
                        sum += Int(pixels[v * width + u])
                        count += 1
                    }
                }
                out[y * width + x] = UInt8(sum / count)
            }
        }
        return out
    }
}

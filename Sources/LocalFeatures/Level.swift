import MediaModel

/// One scale of a picture.
struct Level {
    let pixels: [UInt8]
    let width: Int
    let height: Int
    /// Pixels of the picture that one of the level is, along a side.
    let scale: Double
    /// (height + 1) x (width + 1) sums of the pixels above and to the left.
    let sums: [UInt32]

    /// What a descriptor sees around its corner, in pixels of the level.
    static let patchRadius = 18
    /// Of corners from the level's border: the patch and its largest box.
    static let margin = 24
    static let scales: [Double] = {
        var scales = [1.0]
        for _ in 1..<8 { scales.append(scales.last! * 1.2) }
        return scales
    }()
    /// Brightness that the pixels of an arc differ from the corner at least.
    private static let threshold = 12

    init(pixels: [UInt8], width: Int, height: Int, scale: Double) {
        (self.pixels, self.width, self.height, self.scale) = (pixels, width, height, scale)
        let stride = width + 1
        sums = [UInt32](unsafeUninitializedCapacity: stride * (height + 1)) { sums, count in
            for x in 0..<stride { sums[x] = 0 }
            pixels.withUnsafeBufferPointer { pixels in
                for y in 0..<height {
                    var sum: UInt32 = 0
                    sums[(y + 1) * stride] = 0
                    for x in 0..<width {
                        sum &+= UInt32(pixels[y * width + x])
                        sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] &+ sum
                    }
                }
            }
            count = stride * (height + 1)
        }
    }

    /// All levels that have room for a patch, the finest first.
    static func pyramid(_ base: [UInt8], width: Int, height: Int) -> [Level] {
        var levels: [Level] = []
        for scale in scales {
            let (across, down) = (Int(Double(width) / scale), Int(Double(height) / scale))
            guard min(across, down) > 2 * margin + 1 else { break }
            if let finer = levels.last {
                levels.append(
                    Level(pixels: finer.resized(across, down), width: across, height: down, scale: scale))
            } else {
                levels.append(Level(pixels: base, width: width, height: height, scale: 1))
            }
        }
        return levels
    }

    /// Bilinear, which is a mean of 2 x 2 pixels nearly everywhere at so small a step.
    private func resized(_ across: Int, _ down: Int) -> [UInt8] {
        let (stepX, stepY) = (width * 256 / across, height * 256 / down)
        return [UInt8](unsafeUninitializedCapacity: across * down) { out, count in
            pixels.withUnsafeBufferPointer { pixels in
                for y in 0..<down {
                    let fromY = max(0, (2 * y + 1) * stepY / 2 - 128)
                    let (row, shareY) = (min(fromY >> 8, height - 2), Int32(fromY & 255))
                    let (upper, lower) = (pixels.baseAddress! + row * width, pixels.baseAddress! + (row + 1) * width)
                    for x in 0..<across {
                        let fromX = max(0, (2 * x + 1) * stepX / 2 - 128)
                        let (column, shareX) = (min(fromX >> 8, width - 2), Int32(fromX & 255))
                        let first = Int32(upper[column]) * (256 - shareX) + Int32(upper[column + 1]) * shareX
                        let second = Int32(lower[column]) * (256 - shareX) + Int32(lower[column + 1]) * shareX
                        out[y * across + x] = UInt8((first * (256 - shareY) + second * shareY + 32768) >> 16)
                    }
                }
            }
            count = across * down
        }
    }

    /// The circle of FAST: 16 pixels at a distance of 3.
    private static let circle: [(x: Int, y: Int)] = [
        (0, -3), (1, -3), (2, -2), (3, -1), (3, 0), (3, 1), (2, 2), (1, 3), (0, 3), (-1, 3), (-2, 2), (-3, 1), (-3, 0),
        (-3, -1), (-2, -2), (-1, -3),
    ]

    /// Corners: nine neighbouring pixels of the circle are all brighter or all darker; of those beside each other the
    /// strongest.
    func corners(_ number: Int) -> [Corner] {
        var found: [Corner] = []
        let offsets = Self.circle.map { $0.y * width + $0.x }
        // Strengths of this row and the two before it.
        var strengths = [Float](repeating: 0, count: 3 * width)
        pixels.withUnsafeBufferPointer { pixels in
            offsets.withUnsafeBufferPointer { offsets in
                for y in Self.margin..<height - Self.margin {
                    let row = (y % 3) * width
                    for x in 0..<width { strengths[row + x] = 0 }
                    for x in Self.margin..<width - Self.margin {
                        let at = pixels.baseAddress! + y * width + x
                        let (low, high) = (Int(at.pointee) - Self.threshold, Int(at.pointee) + Self.threshold)
                        // Of each two opposite pixels an arc of nine has at least one.
                        var (bright, dark) = (true, true)
                        for i in 0..<8 where bright || dark {
                            let (first, second) = (
                                Int(at[offsets[i ^ (i << 2 & 4)]]), Int(at[offsets[(i ^ (i << 2 & 4)) + 8]])
                            )
                            bright = bright && (first > high || second > high)
                            dark = dark && (first < low || second < low)
                        }
                        guard bright || dark else { continue }
                        if Self.isCorner(at, offsets, low, high) { strengths[row + x] = strength(x, y, pixels) }
                    }
                    if y > Self.margin { peaks(of: strengths, row: y - 1, number, into: &found) }
                }
            }
        }
        return found
    }

    @inline(__always) private static func isCorner(
        _ at: UnsafePointer<UInt8>, _ offsets: UnsafeBufferPointer<Int>, _ low: Int, _ high: Int
    ) -> Bool {
        var (bright, dark): (UInt32, UInt32) = (0, 0)
        for i in 0..<16 {
            let value = Int(at[offsets[i]])
            if value > high { bright |= 1 << UInt32(i) }
            if value < low { dark |= 1 << UInt32(i) }
        }
        return hasArc(bright) || hasArc(dark)
    }

    /// Whether nine bits in a row are set, in a ring of 16.
    private static func hasArc(_ bits: UInt32) -> Bool {
        let ring = bits | bits << 16
        let two = ring & ring >> 1
        let four = two & two >> 2
        let eight = four & four >> 4
        return eight & ring >> 8 != 0
    }

    /// Harris' measure over 7 x 7 pixels.
    private func strength(_ x: Int, _ y: Int, _ pixels: UnsafeBufferPointer<UInt8>) -> Float {
        var (xx, yy, xy) = (0, 0, 0)
        for v in y - 3...y + 3 {
            let row = pixels.baseAddress! + v * width
            for u in x - 3...x + 3 {
                let across = Int(row[u + 1]) - Int(row[u - 1])
                let down = Int(row[u + width]) - Int(row[u - width])
                xx += across * across
                yy += down * down
                xy += across * down
            }
        }
        let (a, b, c) = (Float(xx), Float(yy), Float(xy))
        return max(1, a * b - c * c - 0.04 * (a + b) * (a + b))
    }

    private func peaks(of strengths: [Float], row y: Int, _ number: Int, into found: inout [Corner]) {
        let rows = [(y + 2) % 3, y % 3, (y + 1) % 3].map { $0 * width }
        for x in Self.margin..<width - Self.margin {
            let own = strengths[rows[1] + x]
            guard own > 0 else { continue }
            let isPeak =
                own >= strengths[rows[1] + x + 1] && own > strengths[rows[1] + x - 1]
                && (x - 1...x + 1).allSatisfy { own > strengths[rows[0] + $0] && own >= strengths[rows[2] + $0] }
            if isPeak { found.append(Corner(level: number, x: x, y: y, strength: own)) }
        }
    }
}

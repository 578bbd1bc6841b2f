/// Rows of pixels -> a luma plane of at most `LumaReducer.longestSide` pixels a side, each the mean of a square.
///
/// Not thread-safe.
public final class LumaReducer {
    /// Pixels.
    public static let longestSide = 960
    /// What the longer side comes near to, at least two thirds of it where the picture has as much.
    private static let usualSide = 640

    private let channels: Int
    private let rowCount: Int
    private let pixelsInRow: Int
    /// Pixels of the rows that come, across and down, in one of the plane.
    private let factor: Int
    private let plane: UnsafeMutablePointer<UInt8>
    /// Of the plane, pixels; what is left at the right and lower edge joins the last square.
    private let width: Int
    private let height: Int
    private let sums: UnsafeMutablePointer<UInt32>
    private var y = 0

    /// - Parameters:
    ///   - width: of the rows that come, pixels, at least 1.
    ///   - height: rows that come, at least 1.
    ///   - channels: bytes a pixel: 1 gray, 3 RGB, 4 RGB and one that means nothing.
    public init(width: Int, height: Int, channels: Int) {
        precondition(width > 0 && height > 0 && [1, 3, 4].contains(channels))
        (pixelsInRow, rowCount, self.channels) = (width, height, channels)
        factor = max(1, (2 * max(width, height) + Self.usualSide) / (2 * Self.usualSide))
        self.width = max(1, width / factor)
        self.height = max(1, height / factor)
        plane = .allocate(capacity: self.width * self.height)
        plane.initialize(repeating: 0, count: self.width * self.height)
        sums = .allocate(capacity: width * channels)
        sums.initialize(repeating: 0, count: width * channels)
    }

    deinit {
        plane.deallocate()
        sums.deallocate()
    }

    /// Bytes that it takes.
    public static func memory(width: Int) -> Int { 16 * width + longestSide * longestSide }

    /// Takes the next `count` rows, `stride` bytes apart.
    public func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        precondition(y + count <= rowCount)
        let samples = pixelsInRow * channels
        for row in 0..<count {
            let from = rows + row * stride
            if factor == 1 {
                convert(from, to: plane + y * width)
            } else {
                for i in 0..<samples { sums[i] &+= UInt32(from[i]) }
                let line = min(y / factor, height - 1)
                let isLast = y == rowCount - 1
                if isLast || (y % factor == factor - 1 && line < height - 1) {
                    finish(line, rows: line == height - 1 ? rowCount - line * factor : factor)
                }
            }
            y += 1
        }
    }

    /// - Precondition: all rows were taken.
    public func finish() -> LumaPicture {
        precondition(y == rowCount, "the picture is not complete")
        return LumaPicture(
            pixels: Array(UnsafeBufferPointer(start: plane, count: width * height)), width: width, height: height)
    }

    private func convert(_ from: UnsafePointer<UInt8>, to out: UnsafeMutablePointer<UInt8>) {
        if channels == 1 {
            out.update(from: from, count: width)
        } else {
            for x in 0..<width {
                let at = x * channels
                out[x] = UInt8(
                    truncatingIfNeeded: (77 * UInt32(from[at]) + 150 * UInt32(from[at + 1]) + 29
                        * UInt32(from[at + 2]) + 128) >> 8)
            }
        }
    }

    private func finish(_ line: Int, rows: Int) {
        let out = plane + line * width
        // All squares but the last are of one size.
        fill(out, 0..<width - 1, rows: rows, columns: factor)
        fill(out, width - 1..<width, rows: rows, columns: pixelsInRow - (width - 1) * factor)
        sums.update(repeating: 0, count: pixelsInRow * channels)
    }

    private func fill(_ out: UnsafeMutablePointer<UInt8>, _ squares: Range<Int>, rows: Int, columns: Int) {
        let mean = Mean(of: columns * rows)
        switch (channels, columns) {
        case (1, 2): for x in squares { out[x] = mean.of(sums[2 * x] &+ sums[2 * x + 1]) }
        case (1, _):
            for x in squares {
                var sum = UInt32(0)
                for i in x * factor..<x * factor + columns { sum &+= sums[i] }
                out[x] = mean.of(sum)
            }
        default:
            for x in squares {
                var (r, g, b) = (UInt32(0), UInt32(0), UInt32(0))
                for i in x * factor..<x * factor + columns {
                    r &+= sums[i * channels]
                    g &+= sums[i * channels + 1]
                    b &+= sums[i * channels + 2]
                }
                let luma = 77 * UInt64(r) + 150 * UInt64(g) + 29 * UInt64(b)
                out[x] = UInt8(truncatingIfNeeded: luma / UInt64(256 * columns * rows))
            }
        }
    }

    /// Divides sums of so many bytes by their number, without a division, which takes ten times as long.
    private struct Mean {
        private let factor: UInt64
        private static let shift = UInt64(55)

        init(of count: Int) {
            precondition((1...1 << 23).contains(count))
            factor = (1 << Self.shift) / UInt64(count) + 1
        }

        /// Rounded down: the factor is too large by 1 at most, which with sums of up to 255 times the count adds too
        /// little to reach the next number.
        @inline(__always)
        func of(_ sum: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: (UInt64(sum) &* factor) &>> Self.shift) }
    }
}

/// A small gray picture.
public struct LumaPicture: Sendable, Hashable {
    /// Row-major, 0...255.
    public let pixels: [UInt8]
    public let width: Int
    public let height: Int

    /// - Precondition: there are width x height pixels, at least one.
    public init(pixels: [UInt8], width: Int, height: Int) {
        precondition(width > 0 && height > 0 && pixels.count == width * height)
        (self.pixels, self.width, self.height) = (pixels, width, height)
    }
}

import MediaModel
import PerceptualHash

extension WindowHasher {
    /// Samples of what a quadrilateral shows, drawn into a square. Each is the mean of an upright box that is as large as
    /// its cell around the cell's middle: cells are small, and turned by little.
    ///
    /// - Returns: nil when it is too small.
    func grid(_ part: Quadrilateral) -> LumaGrid? {
        let projection = part.projection
        let (width, height) = (Double(self.width), Double(self.height))
        let points = part.points.map { (x: $0.x * width, y: $0.y * height) }
        func isLong(_ i: Int, _ j: Int) -> Bool {
            let (x, y) = (points[i].x - points[j].x, points[i].y - points[j].y)
            return x * x + y * y >= Self.leastSide * Self.leastSide
        }
        guard isLong(0, 1), isLong(1, 2), isLong(2, 3), isLong(3, 0) else { return nil }
        let (xs, ys, depths) = (projection.xs, projection.ys, projection.depths)
        // Places in 64ths of a pixel.
        let (scaleX, scaleY) = (width * 64, height * 64)
        let (limitX, limitY) = (self.width * 64, self.height * 64)
        let values = [Float](unsafeUninitializedCapacity: 64 * 64) { values, count in
            for row in 0..<64 {
                let v = (Double(row) + 0.5) / 64
                let box = cell(projection, v)
                let area = Float(box.width * box.height)
                let (x0, y0) = (xs.1 * v + xs.2, ys.1 * v + ys.2)
                let depth0 = depths.1 * v + depths.2
                for column in 0..<64 {
                    let u = (Double(column) + 0.5) / 64
                    let depth = depths.0 * u + depth0
                    let (x, y) = ((xs.0 * u + x0) / depth, (ys.0 * u + y0) / depth)
                    // What lies outside shows what is next to it.
                    let left = min(max(0, Int(x * scaleX + 0.5) - box.width / 2), limitX - box.width)
                    let top = min(max(0, Int(y * scaleY + 0.5) - box.height / 2), limitY - box.height)
                    let (right, bottom) = (left + box.width, top + box.height)
                    let sum = (self.sum(right, bottom) &- sum(left, bottom)) &- (sum(right, top) &- sum(left, top))
                    values[row * 64 + column] = Float(sum) / area
                }
            }
            count = 64 * 64
        }
        return LumaGrid(values: values)
    }

    /// Sides of the upright box that is as large as the cells in the middle of a row, 64ths of a pixel.
    private func cell(_ projection: Projection, _ v: Double) -> (width: Int, height: Int) {
        let (left, right) = (projection(31.0 / 64, v), projection(33.0 / 64, v))
        let (above, below) = (projection(0.5, v - 1.0 / 64), projection(0.5, v + 1.0 / 64))
        func side(_ across: Double, _ down: Double, _ length: Int) -> Int {
            let pixels = (across * across + down * down).squareRoot() / 2 * Double(length)
            return min(length * 64, Self.largestCell * 64, max(64, Int(pixels * 64 + 0.5)))
        }
        return (
            side(right.x - left.x, below.x - above.x, width), side(right.y - left.y, below.y - above.y, height)
        )
    }

    /// Pixels: sums of larger ones would be too much for 32 bits.
    private static let largestCell = 63

    /// Of what lies above and to the left of a point, given in 64ths of a pixel; in 4096ths, modulo 2^32.
    @inline(__always)
    private func sum(_ x: Int, _ y: Int) -> UInt32 {
        let (column, row) = (min(x >> 6, width - 1), min(y >> 6, height - 1))
        let (across, down) = (UInt32(truncatingIfNeeded: x - column << 6), UInt32(truncatingIfNeeded: y - row << 6))
        let upper = sums + row * (width + 1) + column
        let lower = upper + width + 1
        let first = upper[0] &* (64 &- across) &+ upper[1] &* across
        let second = lower[0] &* (64 &- across) &+ lower[1] &* across
        return first &* (64 &- down) &+ second &* down
    }
}

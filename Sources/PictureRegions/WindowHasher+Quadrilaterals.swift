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
        var values = [Float](repeating: 0, count: 64 * 64)
        for row in 0..<64 {
            let v = (Double(row) + 0.5) / 64
            // As large as the cells in the middle of the row.
            let (left, right) = (projection(31.0 / 64, v), projection(33.0 / 64, v))
            let (above, below) = (projection(0.5, v - 1.0 / 64), projection(0.5, v + 1.0 / 64))
            func size(_ across: Double, _ down: Double, _ side: Double, _ limit: Int) -> Int {
                let pixels = (across * across + down * down).squareRoot() / 2 * side
                return min(limit * 256, max(256, Int((pixels * 256).rounded())))
            }
            let boxWidth = size(right.x - left.x, below.x - above.x, width, self.width)
            let boxHeight = size(right.y - left.y, below.y - above.y, height, self.height)
            for column in 0..<64 {
                let (x, y) = projection((Double(column) + 0.5) / 64, v)
                // In 256ths of a pixel; what lies outside shows what is next to it.
                let fromX = min(max(0, Int((x * width * 256).rounded()) - boxWidth / 2), self.width * 256 - boxWidth)
                let fromY = min(
                    max(0, Int((y * height * 256).rounded()) - boxHeight / 2), self.height * 256 - boxHeight)
                let (toX, toY) = (fromX + boxWidth, fromY + boxHeight)
                let sum = self.sum(toX, toY) - self.sum(fromX, toY) - self.sum(toX, fromY) + self.sum(fromX, fromY)
                values[row * 64 + column] = Float(sum) / Float(boxWidth * boxHeight)
            }
        }
        return LumaGrid(values: values)
    }

    /// Of what lies above and to the left of a point, given in 256ths of a pixel; in 65536ths.
    @inline(__always)
    private func sum(_ x: Int, _ y: Int) -> Int64 {
        let (column, row) = (min(x >> 8, width - 1), min(y >> 8, height - 1))
        let (across, down) = (Int64(x - column << 8), Int64(y - row << 8))
        let upper = sums + row * (width + 1) + column
        let lower = upper + width + 1
        let first = Int64(upper[0]) * (256 - across) + Int64(upper[1]) * across
        let second = Int64(lower[0]) * (256 - across) + Int64(lower[1]) * across
        return first * (256 - down) + second * down
    }
}

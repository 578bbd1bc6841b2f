/// Long straight edges of a picture that run downwards, up to 39 degrees from upright, from a Hough transform.
struct SlantedEdges {
    /// x = centre + slope (y - middle), pixels; the last two are the picture's own borders.
    struct Line {
        /// At half of the picture's height.
        let centre: Double
        /// Columns a row.
        let slope: Double
        let isBorder: Bool
        /// For each row, how many of those above it have an edge on the line: height + 1 values.
        fileprivate let edges: [Int32]
        /// The same of rows that are calm to its left and to its right.
        fileprivate let calm: (before: [Int32], after: [Int32])
    }

    let lines: [Line]
    /// Half of the picture's height.
    let middle: Double

    /// Edges that are kept beside the borders.
    private static let limit = 8
    /// Of the picture's height.
    private static let leastLength = 0.28
    /// What a border counts, beside edges by their support.
    private static let (borderSupport, borderCalm) = (0.7, 0.5)
    /// Levels by which pixels of a calm background differ.
    private static let calmRange = 4

    /// - Parameter pixels: row-major, `width` x `height`, both over 8.
    init(_ pixels: [UInt8], width: Int, height: Int) {
        middle = Double(height) / 2
        let soft = Self.softened(pixels, width: width, height: height)
        let marks = EdgeMarks(soft, width: width, height: height)
        var votes = LineVotes(marks)
        var lines: [Line] = []
        while lines.count < Self.limit, let best = votes.best,
            Double(best.votes) >= Self.leastLength * Double(height)
        {
            let slope = Double(best.slope) / Double(EdgeMarks.slopesPerColumn)
            let columns = (0..<height).map {
                Int((Double(best.column) + slope * (Double($0) + 0.5 - Double(height) / 2)).rounded())
            }
            lines.append(
                Line(
                    centre: Double(best.column), slope: slope, isBorder: false,
                    edges: Self.sums(columns.indices.map { marks.isEdge($0, columns[$0], slope: best.slope) }),
                    calm: (
                        Self.calm(columns, soft, width: width, near: -3, far: -5),
                        Self.calm(columns, soft, width: width, near: 2, far: 4)
                    )))
            votes.takeBack(columns, slope: best.slope)
        }
        if !lines.isEmpty {
            for centre in [0, Double(width)] {
                lines.append(Line(centre: centre, slope: 0, isBorder: true, edges: [], calm: ([], [])))
            }
        }
        self.lines = lines
    }

    private static func sums(_ values: [Bool]) -> [Int32] {
        var (sums, sum) = ([Int32](repeating: 0, count: values.count + 1), Int32(0))
        for (i, value) in values.enumerated() {
            if value { sum += 1 }
            sums[i + 1] = sum
        }
        return sums
    }

    /// - Parameters:
    ///   - columns: of the line in each row.
    ///   - near: columns from it to the pixels that are compared with each other.
    ///   - far: and to those that they are compared with, too.
    private static func calm(_ columns: [Int], _ pixels: [Int16], width: Int, near: Int, far: Int) -> [Int32] {
        var before: Int?
        return sums(
            columns.enumerated().map { y, column in
                // What is outside disturbs nobody.
                guard (0..<width).contains(column + near) else { return true }
                let pixel = Int(pixels[y * width + column + near])
                let other = Int(pixels[y * width + max(0, min(width - 1, column + far))])
                defer { before = pixel }
                return abs(pixel - other) <= calmRange && abs(pixel - (before ?? pixel)) <= calmRange
            })
    }

    private func rows(from top: Double, to bottom: Double) -> Range<Int> {
        let height = Int(2 * middle)
        let first = max(0, min(height, Int(top.rounded())))
        return first..<max(first, min(height, Int(bottom.rounded())))
    }

    /// What speaks for a line as a part's side.
    ///
    /// - Parameter isLeft: whether the part is to its right.
    /// - Returns: the share of the rows in a range that have an edge on it, and of those that are calm outside of the
    ///   part; rows outside of the picture don't count.
    func support(_ number: Int, from top: Double, to bottom: Double, isLeft: Bool) -> (edge: Double, calm: Double) {
        let line = lines[number]
        if line.isBorder { return (Self.borderSupport, Self.borderCalm) }
        let rows = rows(from: top, to: bottom)
        guard rows.count >= 8 else { return (0, 0) }
        func share(_ sums: [Int32]) -> Double {
            Double(sums[rows.upperBound] - sums[rows.lowerBound]) / Double(rows.count)
        }
        return (share(line.edges), share(isLeft ? line.calm.before : line.calm.after))
    }
}

extension SlantedEdges {
    /// Means of 3 x 3 pixels, the nearer ones twice; the outermost pixels as they are.
    private static func softened(_ pixels: [UInt8], width: Int, height: Int) -> [Int16] {
        var out = [Int16](repeating: 0, count: width * height)
        // Below each other, then all; the former of one row.
        var sums = [Int16](repeating: 0, count: width)
        pixels.withUnsafeBufferPointer { pixels in
            out.withUnsafeMutableBufferPointer { out in
                sums.withUnsafeMutableBufferPointer { sums in
                    for i in 0..<width * height { out[i] = Int16(pixels[i]) }
                    let sum = sums.baseAddress!
                    for y in 1..<height - 1 {
                        let here = pixels.baseAddress! + y * width
                        let (above, below) = (here - width, here + width)
                        for x in 0..<width {
                            sum[x] = Int16(above[x]) &+ 2 &* Int16(here[x]) &+ Int16(below[x])
                        }
                        let row = out.baseAddress! + y * width
                        for x in 1..<width - 1 { row[x] = (sum[x - 1] &+ 2 &* sum[x] &+ sum[x + 1] &+ 8) >> 4 }
                    }
                }
            }
        }
        return out
    }
}

/// Long straight vertical edges of a picture: where a picture in a picture, a bar, or a part of a collage may begin.
struct StraightEdges {
    /// Positions between pixels, the longest edge first.
    let positions: [Int]
    /// For each position, how many of the rows above each row have an edge there.
    private let counts: [Int: [Int32]]

    /// Least difference across an edge.
    private static let leastStep: Int16 = 9
    /// Of the picture's height.
    static let leastLength = 0.12
    /// Edges that are kept.
    private static let limit = 8

    /// - Parameters:
    ///   - pixels: row-major, `width` x `height`.
    init(_ pixels: [UInt8], width: Int, height: Int) {
        guard width > 8, height > 8 else {
            (positions, counts) = ([], [:])
            return
        }
        var marks = [UInt8](repeating: 0, count: width * height)
        // Runs of rows with an edge in each column; a row without one takes away what a row with one gives.
        var runs = [Int16](repeating: 0, count: width)
        var longest = [Int16](repeating: 0, count: width)
        var steps = [Int16](repeating: 0, count: width + 4)
        pixels.withUnsafeBufferPointer { pixels in
            marks.withUnsafeMutableBufferPointer { marks in
                runs.withUnsafeMutableBufferPointer { runs in
                    longest.withUnsafeMutableBufferPointer { longest in
                        steps.withUnsafeMutableBufferPointer { steps in
                            for y in 0..<height {
                                let row = pixels.baseAddress! + y * width
                                let out = marks.baseAddress! + y * width
                                // steps[x + 2]: across position x, which lies before pixel x.
                                for x in 1..<width {
                                    let step = Int16(row[x]) - Int16(row[x - 1])
                                    steps[x + 2] = step < 0 ? 0 &- step : step
                                }
                                for x in 1..<width {
                                    let step = steps[x + 2]
                                    let near = max(
                                        max(steps[x], steps[x + 1]), max(steps[x + 3], steps[min(x + 4, width + 3)]))
                                    let isEdge = step >= Self.leastStep && step >= near
                                    out[x] = isEdge ? 1 : 0
                                    let run = max(0, runs[x] &+ (isEdge ? 1 : -1))
                                    runs[x] = run
                                    longest[x] = max(longest[x], run)
                                }
                            }
                        }
                    }
                }
            }
        }
        var found: [Int] = []
        let least = Int16(max(8, Self.leastLength * Double(height)))
        for x in longest.indices.sorted(by: { (longest[$0], $1) > (longest[$1], $0) }) {
            guard longest[x] >= least, found.count < Self.limit else { break }
            if !found.contains(where: { abs($0 - x) <= 2 }) { found.append(x) }
        }
        positions = found
        counts = Dictionary(
            uniqueKeysWithValues: found.map { position in
                var (sum, sums) = (Int32(0), [Int32(0)])
                for y in 0..<height {
                    let at = y * width + position
                    let isMarked = marks[at] != 0 || marks[at - 1] != 0 || (position + 1 < width && marks[at + 1] != 0)
                    sum += isMarked ? 1 : 0
                    sums.append(sum)
                }
                return (position, sums)
            })
    }

    /// Share of the rows in a range that have an edge at a position; nil for a position that was not found.
    func support(at position: Int, from top: Int, to bottom: Int) -> Double? {
        counts[position].map { Double($0[bottom] - $0[top]) / Double(max(1, bottom - top)) }
    }
}

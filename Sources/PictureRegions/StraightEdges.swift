/// Long straight vertical edges of a picture: where a picture in a picture, a bar, or a part of a collage may begin.
struct StraightEdges {
    /// Positions between pixels, ascending; the first and the last are the picture's own borders.
    let positions: [Int]
    /// For each position, how many of the rows above each row have an edge there: height + 1 values each.
    private let counts: [Int32]
    private let height: Int

    /// Least difference across an edge.
    private static let leastStep: UInt8 = 9
    /// Of the picture's height.
    private static let leastLength = 0.12
    /// Edges that are kept beside the borders.
    private static let limit = 11

    /// - Parameter pixels: row-major, `width` x `height`.
    init(_ pixels: [UInt8], width: Int, height: Int) {
        self.height = height
        var marks = [UInt8](repeating: 0, count: width * height)
        let longest = Self.mark(pixels, width: width, height: height, in: &marks)
        var found: [Int] = []
        let least = Int16(max(8, Self.leastLength * Double(height)))
        for x in longest.indices.filter({ longest[$0] >= least }).sorted(by: {
            (longest[$0], $1) > (longest[$1], $0)
        }) {
            guard found.count < Self.limit else { break }
            if !found.contains(where: { abs($0 - x) <= 2 }) { found.append(x) }
        }
        positions = [0] + found.sorted() + [width]
        var counts = [Int32](repeating: 0, count: positions.count * (height + 1))
        for (i, position) in positions.enumerated() where position > 0 && position < width {
            var sum: Int32 = 0
            for y in 0..<height {
                let at = y * width + position
                // Half a pixel beside it is the same edge.
                let next = position + 1 < width ? marks[at + 1] : 0
                sum += Int32(marks[at] | marks[at - 1] | next)
                counts[i * (height + 1) + y + 1] = sum
            }
        }
        self.counts = counts
    }

    /// Marks pixels with an edge on their left, and returns for each column the longest run of rows that have one; a row
    /// without one takes away what a row with one gives.
    private static func mark(_ pixels: [UInt8], width: Int, height: Int, in marks: inout [UInt8]) -> [Int16] {
        var runs = [Int16](repeating: 0, count: width)
        var longest = [Int16](repeating: 0, count: width)
        // Two more at each end: what lies outside has no edges.
        var steps = [UInt8](repeating: 0, count: width + 4)
        pixels.withUnsafeBufferPointer { pixels in
            marks.withUnsafeMutableBufferPointer { marks in
                runs.withUnsafeMutableBufferPointer { runs in
                    longest.withUnsafeMutableBufferPointer { longest in
                        steps.withUnsafeMutableBufferPointer { steps in
                            let (runs, longest) = (runs.baseAddress!, longest.baseAddress!)
                            let step = steps.baseAddress! + 2
                            for y in 0..<height {
                                let row = pixels.baseAddress! + y * width
                                let out = marks.baseAddress! + y * width
                                for x in 1..<width {
                                    step[x] = max(row[x], row[x - 1]) &- min(row[x], row[x - 1])
                                }
                                for x in 0..<width {
                                    let near = max(max(step[x - 2], step[x - 1]), max(step[x + 1], step[x + 2]))
                                    // One where the step is large enough and no less than those beside it.
                                    out[x] = step[x] >= max(near, leastStep) ? 1 : 0
                                }
                                for x in 0..<width {
                                    let run = max(0, runs[x] &+ 2 &* Int16(out[x]) &- 1)
                                    runs[x] = run
                                    longest[x] = max(longest[x], run)
                                }
                            }
                        }
                    }
                }
            }
        }
        return longest
    }

    /// Share of the rows in a range that have an edge at a position, given by its number, which is no border.
    func support(_ number: Int, from top: Int, to bottom: Int) -> Double {
        let at = number * (height + 1)
        return Double(counts[at + bottom] - counts[at + top]) / Double(bottom - top)
    }
}

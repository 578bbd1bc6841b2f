/// Where a picture has edges that run more down than across, and how they slope.
struct EdgeMarks {
    /// For each pixel, the slope of the edge on it in `slopesPerColumn`ths of a column a row; `none` without one.
    let slopes: [Int8]
    let width: Int
    let height: Int

    static let slopesPerColumn = 32
    /// The largest slope that a line has.
    static let largest = 26
    static let none = Int8.min
    /// Slopes by which an edge's own direction may be off its line's.
    static let slack = 4
    /// Least difference between the pixels on both sides of one.
    private static let leastStep: Int16 = 6

    /// Places of the edges in `slopes`, ascending.
    let places: [Int32]

    private typealias Lanes = SIMD8<Int16>
    private static let lanes = 8

    /// - Parameters:
    ///   - pixels: row-major, 0...255.
    ///   - width: at least 10.
    init(_ pixels: [Int16], width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        var marks = [Int8](repeating: Self.none, count: width * height)
        var places: [Int32] = []
        places.reserveCapacity(width * height / 4)
        // The last ones overlap those before.
        let firsts = Array(stride(from: 1, to: width - 1 - Self.lanes, by: Self.lanes)) + [width - 1 - Self.lanes]
        // Of a row: differences across and down, the former without their sign too, and what is an edge.
        var lines = [Int16](repeating: 0, count: 4 * width)
        pixels.withUnsafeBufferPointer { pixels in
            marks.withUnsafeMutableBufferPointer { marks in
                lines.withUnsafeMutableBufferPointer { lines in
                    let across = lines.baseAddress!
                    let (down, step, isEdge) = (across + width, across + 2 * width, across + 3 * width)
                    for y in 1..<height - 1 {
                        let here = pixels.baseAddress! + y * width
                        let (above, below) = (here - width, here + width)
                        for x in firsts {
                            let (a, b, c) = (Self.load(above + x - 1), Self.load(above + x), Self.load(above + x + 1))
                            let (g, h, i) = (Self.load(below + x - 1), Self.load(below + x), Self.load(below + x + 1))
                            let (d, f) = (Self.load(here + x - 1), Self.load(here + x + 1))
                            let right = (c &- a) &+ (f &- d) &+ (f &- d) &+ (i &- g)
                            Self.store(right, to: across + x)
                            Self.store((g &- a) &+ (h &- b) &+ (h &- b) &+ (i &- c), to: down + x)
                            Self.store(pointwiseMax(right, 0 &- right), to: step + x)
                        }
                        for x in firsts {
                            let here = Self.load(step + x)
                            // Positive where it is large enough, and no less than those beside it.
                            let over = pointwiseMin(
                                here &- (4 * Self.leastStep - 1), here &- Self.load(step + x - 1) &+ 1)
                            let peak = pointwiseMin(over, here &- Self.load(step + x + 1))
                            Self.store(pointwiseMax(peak, .zero), to: isEdge + x)
                        }
                        let out = marks.baseAddress! + y * width
                        for first in stride(from: 0, to: width, by: 4) {
                            let from = min(first, width - 4)
                            guard UnsafeRawPointer(isEdge + from).loadUnaligned(as: UInt64.self) != 0 else { continue }
                            for x in first..<from + 4 where isEdge[x] != 0 {
                                let slope = -Int32(Self.slopesPerColumn) * Int32(down[x]) / Int32(across[x])
                                guard abs(slope) <= Int32(Self.largest + Self.slack) else { continue }
                                out[x] = Int8(slope)
                                places.append(Int32(y * width + x))
                            }
                        }
                    }
                }
            }
        }
        slopes = marks
        self.places = places
    }

    @inline(__always)
    private static func load(_ from: UnsafePointer<Int16>) -> Lanes {
        UnsafeRawPointer(from).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private static func store(_ lanes: Lanes, to out: UnsafeMutablePointer<Int16>) {
        UnsafeMutableRawPointer(out).storeBytes(of: lanes, as: Lanes.self)
    }

    /// Whether a row has an edge of about a slope beside the left side of a column.
    func isEdge(_ row: Int, _ column: Int, slope: Int) -> Bool {
        for x in stride(from: max(0, column - 2), to: min(width, column + 2), by: 1) {
            let mark = slopes[row * width + x]
            if mark != Self.none, abs(Int(mark) - slope) <= Self.slack { return true }
        }
        return false
    }
}

/// How many edges vote for each line (Duda and Hart, 1972): those on it whose own slope is near.
struct LineVotes {
    private let marks: EdgeMarks
    /// Edges that belong to no line that was taken back.
    private var open: [Int8]
    /// By slope, then by the column at half of the height, with some outside of the picture on both sides.
    private var votes: [Int16]
    private let stride: Int
    private let margin: Int

    init(_ marks: EdgeMarks) {
        self.marks = marks
        open = marks.slopes
        margin = (EdgeMarks.largest * marks.height) / (2 * EdgeMarks.slopesPerColumn) + 2
        stride = marks.width + 2 * margin
        votes = [Int16](repeating: 0, count: (2 * EdgeMarks.largest + 1) * stride)
        let (width, height, stride, margin) = (marks.width, marks.height, stride, margin)
        marks.slopes.withUnsafeBufferPointer { slopes in
            votes.withUnsafeMutableBufferPointer { votes in
                for place in marks.places {
                    let (y, x) = Int(place).quotientAndRemainder(dividingBy: width)
                    Self.vote(
                        votes.baseAddress! + margin, stride, x, 2 * y + 1 - height, slope: Int(slopes[Int(place)]),
                        adding: 1)
                }
            }
        }
    }

    /// - Parameter below: half rows from half of the height to the middle of the edge's row.
    @inline(__always)
    private static func vote(
        _ votes: UnsafeMutablePointer<Int16>, _ stride: Int, _ x: Int, _ below: Int, slope: Int, adding: Int16
    ) {
        let first = max(-EdgeMarks.largest, slope - EdgeMarks.slack)
        let last = min(EdgeMarks.largest, slope + EdgeMarks.slack)
        // In parts of a column.
        let scale = 2 * EdgeMarks.slopesPerColumn
        var at = scale * x + EdgeMarks.slopesPerColumn - first * below
        var row = votes + (first + EdgeMarks.largest) * stride
        for _ in first...last {
            // Rounded down, also below zero.
            row[at >> 6] &+= adding
            at -= below
            row += stride
        }
    }

    /// The line with most votes: those of the two columns beside the position that it has at half of the height.
    var best: (votes: Int, slope: Int, column: Int)? {
        var best = (votes: Int16(0), slope: 0, column: 0)
        votes.withUnsafeBufferPointer { votes in
            for slope in 0...2 * EdgeMarks.largest {
                let row = votes.baseAddress! + slope * stride + margin
                var most: Int16 = 0
                for x in 1..<marks.width { most = max(most, row[x] &+ row[x - 1]) }
                if most > best.votes {
                    let column = (1..<marks.width).first { row[$0] &+ row[$0 - 1] == most }!
                    best = (most, slope - EdgeMarks.largest, column)
                }
            }
        }
        return best.votes > 0 ? (Int(best.votes), best.slope, best.column) : nil
    }

    /// What votes for this line votes for no other one.
    mutating func takeBack(_ columns: [Int], slope: Int) {
        let (width, height, stride, margin) = (marks.width, marks.height, stride, margin)
        votes.withUnsafeMutableBufferPointer { votes in
            for y in 0..<height {
                for x in Swift.stride(from: max(0, columns[y] - 2), to: min(width, columns[y] + 2), by: 1) {
                    let mark = open[y * width + x]
                    guard mark != EdgeMarks.none, abs(Int(mark) - slope) <= EdgeMarks.slack + 1 else { continue }
                    Self.vote(
                        votes.baseAddress! + margin, stride, x, 2 * y + 1 - height, slope: Int(mark), adding: -1)
                    open[y * width + x] = EdgeMarks.none
                }
            }
        }
    }
}

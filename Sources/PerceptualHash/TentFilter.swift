import CKernels

/// PDQ's blur and decimation in its fast form: rows of 8-bit pixels -> the 64 x 64 grid, as one weighted sum a value.
///
/// Rows are summed with whole-number weights as they come, all columns at once; each of the 64 rows that result is
/// then reduced to 64 values, where colours become luma too. It takes four rows of sums, whatever the height.
///
/// The grid differs from the exact one in rounding only (luma by less than 0.01), and all levels give the same bits.
///
/// Not thread-safe.
public final class TentFilter {
    private let samplesInRow: Int
    private let height: Int
    private let kernels: UnsafePointer<ck_kernels>

    private let rows: [Row]
    /// The first of them that still misses a row of the picture.
    private var firstOpen = 0
    private var y = 0
    /// Sums of the rows that are open: row i has the i-th, modulo their number.
    private let sums: UnsafeMutablePointer<UInt32>
    private let sumsStride: Int
    private static let openRows = 4

    private let columnStarts: [UInt32]
    /// `columnSpan` weights a shape, and where those of each column begin.
    private let columnWeights: [Float]
    private let columnShapes: [UInt32]
    private let columnSpan: Int
    /// 64 x 64.
    private let grid: UnsafeMutablePointer<Float>

    private struct Row {
        let start: Int
        let end: Int
        /// Of `rowWeights`.
        let shape: Int
    }
    private let rowWeights: [(integers: [UInt16], total: Float)]

    /// - Parameters:
    ///   - width: pixels, at least 1.
    ///   - height: pixels, at least 1.
    ///   - layout: of the rows that will come.
    ///   - reduction: each pixel of the rows is the mean of so many across and down.
    public init(
        width: Int, height: Int, layout: PixelLayout, reduction: Int = 1, kernels: Kernels = .active
    ) {
        precondition(width > 0 && height > 0 && reduction > 0)
        self.kernels = kernels.table
        self.height = (height + reduction - 1) / reduction
        samplesInRow = (width + reduction - 1) / reduction * layout.channels
        let tents = PDQTents(length: height).reduced(by: reduction)
        rowWeights = tents.shapes.map { shape in
            let integers = shape.integers
            return (integers, Float(integers.reduce(0) { $0 + Int($1) }))
        }
        rows = (0..<64).map { i in
            let shape = tents.shapeOf[i]
            return Row(start: tents.starts[i], end: tents.starts[i] + tents.shapes[shape].weights.count, shape: shape)
        }
        let columns = PDQTents(length: width).reduced(by: reduction)
        columnStarts = columns.starts.map { UInt32($0 * layout.channels) }
        let lanes = Int(CK_TENT_LANES)
        let span = (columns.shapes.map(\.weights.count).max()! * layout.channels + lanes - 1) / lanes * lanes
        var columnWeights = [Float](repeating: 0, count: columns.shapes.count * span)
        for (i, shape) in columns.shapes.enumerated() {
            for (pixel, weight) in shape.weights.enumerated() {
                for (channel, share) in layout.lumaShares.enumerated() {
                    columnWeights[i * span + pixel * layout.channels + channel] = Float(weight * share)
                }
            }
        }
        (self.columnWeights, columnSpan) = (columnWeights, span)
        columnShapes = columns.shapeOf.map { UInt32($0 * span) }
        // A span may end beyond the row, where its weights are zero.
        sumsStride = (samplesInRow + span + lanes - 1) / lanes * lanes
        let count = Self.openRows * sumsStride
        sums = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<UInt32>.stride, alignment: 64)
            .initializeMemory(as: UInt32.self, repeating: 0, count: count)
        grid = .allocate(capacity: 64 * 64)
        grid.initialize(repeating: 0, count: 64 * 64)
    }

    deinit {
        sums.deallocate()
        grid.deallocate()
    }

    /// Bytes that it takes for a picture of such a size, in pixels.
    static func memory(width: Int, height: Int) -> Int {
        4 * 4 * openRows * (width + width / 32 + 64) + 8 * (width + height) + 1 << 16
    }

    /// Takes the next `count` rows, `stride` bytes apart.
    ///
    /// - Precondition: not more than `height` rows come in all.
    public func add(rows pixels: UnsafePointer<UInt8>, count: Int, stride: Int) {
        precondition(y + count <= height)
        let end = y + count
        var row = firstOpen
        while row < 64, rows[row].start < end {
            let tent = rows[row]
            let (first, last) = (max(tent.start, y), min(tent.end, end))
            let rowSums = sums + (row % Self.openRows) * sumsStride
            if first < last {
                rowWeights[tent.shape].integers.withUnsafeBufferPointer { weights in
                    kernels.pointee.tent_rows(
                        pixels + (first - y) * stride, stride, last - first, weights.baseAddress! + first - tent.start,
                        rowSums, samplesInRow)
                }
            }
            if tent.end <= end { finish(row, rowSums) }
            row += 1
        }
        while firstOpen < 64, rows[firstOpen].end <= end { firstOpen += 1 }
        y = end
    }

    /// The grid. - Precondition: all rows were taken.
    public func finish() -> LumaGrid {
        precondition(firstOpen == 64, "the picture is not complete")
        return LumaGrid(values: Array(UnsafeBufferPointer(start: grid, count: 64 * 64)))
    }

    private func finish(_ row: Int, _ rowSums: UnsafeMutablePointer<UInt32>) {
        kernels.pointee.tent_columns(
            rowSums, columnStarts, columnShapes, columnWeights, columnSpan, 1 / rowWeights[rows[row].shape].total,
            grid + row * 64)
        rowSums.update(repeating: 0, count: samplesInRow)
    }
}

extension PixelLayout {
    /// What each byte of a pixel gives to its luma (SPEC 1.3).
    fileprivate var lumaShares: [Double] {
        switch self {
        case .gray: [1]
        case .rgb: [0.299, 0.587, 0.114]
        case .rgbx: [0.299, 0.587, 0.114, 0]
        }
    }
}

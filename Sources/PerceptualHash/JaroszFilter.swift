import CKernels

/// PDQ's blur and decimation as the rows come in: two box passes along rows, two down
/// columns (rows, columns, rows, columns), then the 64 x 64 grid (SPEC 1.5, 1.6).
///
/// Bit-exact: within a line every sum is added to and subtracted from in the
/// reference's order, only independent lines share a register. What the grid doesn't
/// need is summed but not divided, and no buffer is as large as the picture: it takes
/// `width` x (window + two bands) floats.
///
/// Not thread-safe.
public final class JaroszFilter {
    private let width: Int
    private let height: Int
    private let kernels: UnsafePointer<ck_kernels>
    private let columns: [UInt32]
    private let gridRows: [Int]

    /// Floats from one buffered row to the next; whole cache lines, and not a power of two.
    private let stride: Int
    private let columnWindow: Int
    /// Rows of luma until a band is full: band x stride.
    private let band: UnsafeMutablePointer<Float>
    private var bandRows = 0
    /// After the first row pass; the column pass looks back `columnWindow` rows.
    private let rowBlurred: UnsafeMutablePointer<Float>
    private let ringRows: Int
    private var rowBlurredCount = 0
    private let firstSums: UnsafeMutablePointer<Float>
    private var firstPass: BoxSchedule
    /// After the first column pass, until a band is full: band x stride.
    private let columnBlurred: UnsafeMutablePointer<Float>
    private var columnBlurredRows = 0
    /// After the second row pass, 64 columns a row; the last column pass looks back.
    private let narrow: UnsafeMutablePointer<Float>
    private var narrowCount = 0
    private let lastSums: UnsafeMutablePointer<Float>
    private var lastPass: BoxSchedule
    private var lastPosition = 0
    private var grid: [Float] = []
    private let scratch: UnsafeMutablePointer<Float>

    private static let bandCapacity = Int(CK_BAND_ROWS)

    /// - Parameters: `width`, `height`: of the picture, pixels, at least 1.
    public init(width: Int, height: Int, kernels: Kernels = .active) {
        precondition(width > 0 && height > 0)
        (self.width, self.height, self.kernels) = (width, height, kernels.table)
        columns = LumaGrid.positions(in: width).map(UInt32.init)
        gridRows = LumaGrid.positions(in: height)
        stride = (width + 15) / 16 * 16 + 16
        columnWindow = Self.window(height)
        // A whole number of bands, so that a band goes into it in one piece.
        ringRows = (columnWindow + 2 * Self.bandCapacity - 1) / Self.bandCapacity * Self.bandCapacity
        firstPass = BoxSchedule(length: height, window: columnWindow)
        lastPass = BoxSchedule(length: height, window: columnWindow)
        // To fill them with zeros would take a tenth of a small picture's time.
        band = Self.floats(Self.bandCapacity * stride)
        rowBlurred = Self.floats(ringRows * stride)
        firstSums = Self.floats(stride)
        columnBlurred = Self.floats(Self.bandCapacity * stride)
        narrow = Self.floats(ringRows * 64)
        lastSums = Self.floats(64)
        scratch = Self.floats((2 * Self.window(width) + 64) * Self.bandCapacity)
        firstSums.update(repeating: 0, count: stride)
        lastSums.update(repeating: 0, count: 64)
        grid.reserveCapacity(64 * 64)
    }

    /// Bytes that it takes for a picture of such a size, in pixels.
    static func memory(width: Int, height: Int) -> Int {
        let ringRows = window(height) + 2 * bandCapacity
        let rows = 2 * bandCapacity + ringRows + 1
        return MemoryLayout<Float>.stride
            * ((width + 32) * rows + 64 * ringRows + (2 * window(width) + 64) * bandCapacity)
    }

    deinit {
        for buffer in [band, rowBlurred, firstSums, columnBlurred, narrow, lastSums, scratch] { buffer.deallocate() }
    }

    /// The window of a pass along a dimension of `length` (SPEC 1.5).
    static func window(_ length: Int) -> Int { (length + 127) / 128 }

    private static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
            .bindMemory(to: Float.self, capacity: count)
    }

    /// A pass takes whole bands: rows that are not there must hold numbers.
    private func fillUp(_ band: UnsafeMutablePointer<Float>, from rows: Int) {
        (band + rows * stride).update(repeating: 0, count: (Self.bandCapacity - rows) * stride)
    }

    /// Takes the next row: `fill` writes `width` luma values.
    ///
    /// - Precondition: fewer than `height` rows were taken.
    public func addRow(_ fill: (UnsafeMutablePointer<Float>) -> Void) {
        precondition(rowBlurredCount + bandRows < height)
        fill(band + bandRows * stride)
        bandRows += 1
        if bandRows == Self.bandCapacity || rowBlurredCount + bandRows == height { blurRows() }
    }

    /// The grid. - Precondition: all rows were taken.
    public func finish() -> LumaGrid {
        precondition(grid.count == 64 * 64, "the picture is not complete")
        return LumaGrid(values: grid)
    }

    private func blurRows() {
        // Of the last band the rows that are not used take the place of such as are not needed any more.
        let slot = rowBlurred + (rowBlurredCount % ringRows) * stride
        fillUp(band, from: bandRows)
        kernels.pointee.box_rows(band, slot, width, stride, Self.window(width), scratch)
        rowBlurredCount += bandRows
        bandRows = 0
        while let step = firstPass.next(
            available: rowBlurredCount, ring: ringRows, room: Self.bandCapacity - columnBlurredRows)
        { blurColumns(step) }
    }

    private func blurColumns(_ step: BoxSchedule.Step) {
        let out = step.outputs ? columnBlurred + columnBlurredRows * stride : nil
        kernels.pointee.box_columns(
            firstSums, step.adds.map { rowBlurred + ($0 % ringRows) * stride },
            step.subtracts.map { rowBlurred + ($0 % ringRows) * stride }, out, step.divisor, width, step.count, stride)
        guard step.outputs else { return }
        columnBlurredRows += step.count
        if columnBlurredRows == Self.bandCapacity || firstPass.isDone { blurRowsAgain() }
    }

    private func blurRowsAgain() {
        fillUp(columnBlurred, from: columnBlurredRows)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.bandCapacity * 64) { kept in
            kernels.pointee.box_rows_at(
                columnBlurred, kept.baseAddress, width, stride, Self.window(width), columns, scratch)
            for row in 0..<columnBlurredRows {
                let slot = narrow + (narrowCount % ringRows) * 64
                slot.update(from: kept.baseAddress! + row * 64, count: 64)
                narrowCount += 1
                while let step = lastPass.next(available: narrowCount, ring: ringRows, room: 1) {
                    blurColumnsAgain(step)
                }
            }
        }
        columnBlurredRows = 0
    }

    private func blurColumnsAgain(_ step: BoxSchedule.Step) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { row in
            kernels.pointee.box_columns(
                lastSums, step.adds.map { narrow + ($0 % ringRows) * 64 },
                step.subtracts.map { narrow + ($0 % ringRows) * 64 }, row.baseAddress, step.divisor, 64, 1, 64)
            guard step.outputs else { return }
            // A side below 64 repeats lines.
            while grid.count < 64 * 64, gridRows[grid.count / 64] == lastPosition { grid.append(contentsOf: row) }
            lastPosition += 1
        }
    }
}

import CKernels
import CMediaShims
import MediaModel

/// Decodes a JPEG that is one baseline scan, to the pixels that libjpeg-turbo makes of it: luma, or RGB.
///
/// - Parameters:
///   - reduction: each pixel stands for so many across and down; 1 unless only luma is wanted.
///   - luma: whether that is all that is wanted.
/// - Returns: the shape of the rows; nil when libjpeg has to decide, though rows may have come.
func decodeBaseline(
    _ scan: cm_jpeg_scan, _ bytes: UnsafeRawBufferPointer, width: Int, height: Int, reduction: Int, luma: Bool,
    budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> PictureShape? {
    // libjpeg treats chroma of very few columns otherwise.
    guard min(width, height) >= 16, let blocks = BaselineScan(scan, bytes, budget: budget) else { return nil }
    let isGray = luma || !blocks.hasChroma
    let shape = PictureShape(width: width, height: height, channels: isGray ? 1 : 4, reduction: reduction)
    var mcus = MCURows(blocks, shape)
    guard mcus.memory <= budget.limits.memory else { return nil }
    if isGray {
        guard let rows = LumaRows(mcus, shape) else { return nil }
        try sink.begin(shape)
        return try rows.decode(&mcus, budget, into: &sink) && blocks.isAtEnd() ? shape : nil
    }
    guard let rows = ColourRows(mcus, shape) else { return nil }
    try sink.begin(shape)
    return try rows.decode(&mcus, budget, into: &sink) && blocks.isAtEnd() ? shape : nil
}

/// Rows of MCUs, from the scan to samples.
struct MCURows {
    let scan: BaselineScan
    /// MCUs in a row, and rows.
    let count: Int
    let rowCount: Int
    /// Samples along the side of a block.
    let side: Int
    private let kernels = ck_active_kernels()!

    init(_ scan: BaselineScan, _ shape: PictureShape) {
        self.scan = scan
        side = 8 / shape.reduction
        count = (shape.width + 8 * scan.across - 1) / (8 * scan.across)
        rowCount = (shape.height + 8 * scan.down - 1) / (8 * scan.down)
    }

    /// Samples of luma in a row, and what kernels write behind it.
    var lumaStride: Int { count * scan.across * side + 16 }
    var chromaStride: Int { count * side + 16 }
    /// Rows of luma.
    var lumaRows: Int { scan.down * side }
    /// Bytes that decoding takes, about.
    var memory: Int { 128 * lumaStride }

    /// Decodes a row of MCUs. - Returns: false when libjpeg has to.
    mutating func next(
        luma: UnsafeMutablePointer<UInt8>, blue: UnsafeMutablePointer<UInt8>? = nil,
        red: UnsafeMutablePointer<UInt8>? = nil
    ) -> Bool {
        let wanted: BaselineScan.Wanted = blue != nil ? .all : side == 1 ? .lumaMeans : .luma
        var mcu = 0
        while mcu < count {
            let run = min(BaselineScan.runLength, count - mcu)
            guard scan.decode(count: run, wanted) else { return false }
            for row in 0..<scan.down {
                transform(
                    scan.luma(row: row), run * scan.across,
                    to: luma + row * side * lumaStride + mcu * scan.across * side, stride: lumaStride)
            }
            if let blue, let red {
                transform(scan.chroma(0), run, to: blue + mcu * side, stride: chromaStride)
                transform(scan.chroma(1), run, to: red + mcu * side, stride: chromaStride)
            }
            mcu += run
        }
        return true
    }

    private func transform(
        _ from: (blocks: UnsafePointer<Int16>, isFlat: UnsafePointer<UInt8>), _ count: Int,
        to out: UnsafeMutablePointer<UInt8>, stride: Int
    ) {
        switch side {
        case 8: kernels.pointee.idct8(from.blocks, from.isFlat, count, out, stride)
        case 4: kernels.pointee.idct4(from.blocks, from.isFlat, count, out, stride)
        case 2: kernels.pointee.idct2(from.blocks, from.isFlat, count, out, stride)
        default: for i in 0..<count { out[i] = UInt8(clamping: (Int(from.blocks[64 * i]) + 4) >> 3 + 128) }
        }
    }
}

/// Luma alone.
private struct LumaRows {
    private let shape: PictureShape
    private let plane: PixelBuffer
    /// Rows of MCUs that are handed on at once.
    private let bandRows: Int

    init?(_ mcus: MCURows, _ shape: PictureShape) {
        self.shape = shape
        bandRows = max(1, min(mcus.rowCount, 64 / mcus.lumaRows))
        guard let plane = PixelBuffer(count: bandRows * mcus.lumaRows * mcus.lumaStride) else { return nil }
        self.plane = plane
    }

    func decode(_ mcus: inout MCURows, _ budget: Budget, into sink: inout some PixelSink) throws(DecodeError) -> Bool {
        var (done, sent) = (0, 0)
        while done < mcus.rowCount {
            try budget.checkTime()
            let band = min(bandRows, mcus.rowCount - done)
            for row in 0..<band {
                guard mcus.next(luma: plane.bytes + row * mcus.lumaRows * mcus.lumaStride) else { return false }
            }
            done += band
            let rows = min(band * mcus.lumaRows, shape.rowCount - sent)
            sink.add(rows: plane.bytes, count: rows, stride: mcus.lumaStride)
            sent += rows
        }
        return true
    }
}

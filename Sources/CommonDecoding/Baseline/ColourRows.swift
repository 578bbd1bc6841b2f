import CKernels

/// Luma and chroma -> rows of RGB, chroma interpolated.
struct ColourRows {
    private let shape: PictureShape
    /// The last row of the MCUs above, then those of the MCUs that were decoded last.
    private let luma: PixelBuffer
    private let chroma: [PixelBuffer]
    /// Chroma of a row of pixels.
    private let wide: [PixelBuffer]
    private let sums: PixelBuffer
    private let pixels: PixelBuffer
    private static let pixelRows = 8
    private let kernels = ck_active_kernels()!
    /// Pixels to a sample of chroma.
    private let across: Int
    private let down: Int
    private let chromaWidth: Int
    private let chromaHeight: Int

    init?(_ mcus: MCURows, _ shape: PictureShape) {
        self.shape = shape
        (across, down) = (mcus.scan.across, mcus.scan.down)
        chromaWidth = (shape.width + across - 1) / across
        chromaHeight = (shape.height + down - 1) / down
        guard let luma = PixelBuffer(count: (1 + mcus.lumaRows) * mcus.lumaStride),
            let blue = PixelBuffer(count: 9 * mcus.chromaStride), let red = PixelBuffer(count: 9 * mcus.chromaStride),
            let wideBlue = PixelBuffer(count: mcus.lumaStride), let wideRed = PixelBuffer(count: mcus.lumaStride),
            let sums = PixelBuffer(count: 2 * mcus.chromaStride),
            let pixels = PixelBuffer(count: Self.pixelRows * shape.rowBytes)
        else { return nil }
        (self.luma, chroma, wide, self.sums, self.pixels) = (luma, [blue, red], [wideBlue, wideRed], sums, pixels)
    }

    func decode(_ mcus: inout MCURows, _ budget: Budget, into sink: inout some PixelSink) throws(DecodeError) -> Bool {
        var sent = 0
        for row in 0..<mcus.rowCount {
            if row % 4 == 0 { try budget.checkTime() }
            let (lumaStride, chromaStride) = (mcus.lumaStride, mcus.chromaStride)
            guard
                mcus.next(
                    luma: luma.bytes + lumaStride, blue: chroma[0].bytes + chromaStride,
                    red: chroma[1].bytes + chromaStride)
            else { return false }
            let decoded = (row + 1) * mcus.lumaRows
            // The last row needs the chroma below it.
            let end = row == mcus.rowCount - 1 ? shape.height : down == 1 ? decoded : decoded - 1
            while sent < end {
                let count = min(Self.pixelRows, end - sent)
                for i in 0..<count {
                    let y = sent + i
                    convert(
                        y, luma.bytes + (y - row * mcus.lumaRows + 1) * lumaStride, firstChroma: row * 8,
                        stride: chromaStride, to: pixels.bytes + i * shape.rowBytes)
                }
                sink.add(rows: pixels.bytes, count: count, stride: shape.rowBytes)
                sent += count
            }
            luma.bytes.update(from: luma.bytes + mcus.lumaRows * lumaStride, count: lumaStride)
            for plane in chroma { plane.bytes.update(from: plane.bytes + 8 * chromaStride, count: chromaStride) }
        }
        return true
    }

    /// - Parameter firstChroma: the row of chroma that is the second one held.
    private func convert(
        _ y: Int, _ lumaRow: UnsafePointer<UInt8>, firstChroma: Int, stride: Int, to out: UnsafeMutablePointer<UInt8>
    ) {
        let near = y / down
        let far = min(max(0, y % 2 == 0 ? near - 1 : near + 1), chromaHeight - 1)
        let blue = chromaRow(0, near - firstChroma + 1, far - firstChroma + 1, y, stride)
        let red = chromaRow(1, near - firstChroma + 1, far - firstChroma + 1, y, stride)
        out.withMemoryRebound(to: UInt32.self, capacity: shape.width) {
            kernels.pointee.ycc_rgbx(lumaRow, blue, red, shape.width, $0)
        }
    }

    /// A row of chroma as wide as the picture. - Parameters `near`, `far`: rows of those that are held.
    private func chromaRow(_ index: Int, _ near: Int, _ far: Int, _ y: Int, _ stride: Int) -> UnsafePointer<UInt8> {
        let (near, far) = (chroma[index].bytes + near * stride, chroma[index].bytes + far * stride)
        let out = wide[index].bytes
        switch (across, down) {
        case (1, 1): return UnsafePointer(near)
        case (2, 1): kernels.pointee.chroma_across(near, chromaWidth, out)
        case (1, 2): kernels.pointee.chroma_down(near, far, chromaWidth, y % 2 == 0 ? 1 : 2, out)
        default:
            sums.bytes.withMemoryRebound(to: UInt16.self, capacity: chromaWidth) {
                kernels.pointee.chroma_both(near, far, chromaWidth, $0, out)
            }
        }
        return UnsafePointer(out)
    }
}

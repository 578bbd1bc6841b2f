import CKernels
import CommonDecoding

/// YUV to RGB as libswscale's direct converters do it for 8-bit 4:2:0 and 4:2:2, bit for bit: always the coefficients
/// of BT.601, each chroma sample for its whole block (SPEC 2.3).
///
/// Two steps, so that both become vector code: what a row's chroma adds to its pixels, then the pixels.
struct YUVToRGB {
    private let arithmetic: VPDQArithmetic
    private var factors: ck_yuv
    private let portable: Portable
    /// What chroma adds to red, green, blue: three rows, for the pixels of a row.
    private let added: PixelBuffer
    /// Pixels of a row, and one more where their number is odd.
    private let room: Int
    private let kernels = ck_active_kernels()!

    private struct Portable {
        let offset, factor, base, vr, ub, ug, vg: Int32
    }

    init(width: Int, isFullRange: Bool, arithmetic: VPDQArithmetic, budget: Budget) throws(DecodeError) {
        self.arithmetic = arithmetic
        factors =
            isFullRange
            ? ck_yuv(offset: 0, luma: 8192, vr: 11485, ub: 14516, ug: -2819, vg: -5850)
            : ck_yuv(offset: 128, luma: 9539, vr: 13075, ub: 16525, ug: -3209, vg: -6660)
        portable =
            isFullRange
            ? Portable(offset: 384, factor: 65536, base: 0, vr: 91881, ub: 116129, ug: -22552, vg: -46800)
            : Portable(offset: 326, factor: 76309, base: 1_048_576, vr: 89830, ub: 113537, ug: -22049, vg: -45756)
        room = (width + 1) / 2 * 2
        added = try budget.allocate(3 * room * MemoryLayout<Int32>.stride)
    }

    /// Sets what the next rows' chroma adds. `count`: chroma samples.
    mutating func setChroma(_ u: UnsafePointer<UInt8>, _ v: UnsafePointer<UInt8>, count: Int) {
        let count = min(count, room / 2)
        switch arithmetic {
        case .x86:
            let red = UnsafeMutableRawPointer(added.bytes).assumingMemoryBound(to: Int16.self)
            kernels.pointee.yuv_chroma(u, v, count, &factors, red, red + room, red + 2 * room)
        case .portable: setPortableChroma(u, v, count: count)
        }
    }

    /// Four bytes a pixel: R, G, B and one that means nothing.
    mutating func convert(_ y: UnsafePointer<UInt8>, to rgbx: UnsafeMutablePointer<UInt32>, width: Int) {
        switch arithmetic {
        case .x86:
            let red = UnsafeMutableRawPointer(added.bytes).assumingMemoryBound(to: Int16.self)
            kernels.pointee.yuv_rgbx(y, width, &factors, red, red + room, red + 2 * room, rgbx)
        case .portable: convertPortable(y, to: rgbx, width: width)
        }
    }

    private func setPortableChroma(_ u: UnsafePointer<UInt8>, _ v: UnsafePointer<UInt8>, count: Int) {
        let red = UnsafeMutableRawPointer(added.bytes).assumingMemoryBound(to: Int32.self)
        let (green, blue) = (red + room, red + 2 * room)
        let k = portable
        func term(_ sample: UInt8, _ factor: Int32) -> Int32 { (Int32(sample) &* factor) >> 16 &- factor >> 9 }
        for i in 0..<count {
            let (r, b) = (term(v[i], k.vr), term(u[i], k.ub))
            let g = term(u[i], k.ug) &+ term(v[i], k.vg)
            (red[2 * i], red[2 * i + 1]) = (r, r)
            (green[2 * i], green[2 * i + 1]) = (g, g)
            (blue[2 * i], blue[2 * i + 1]) = (b, b)
        }
    }

    private func convertPortable(_ y: UnsafePointer<UInt8>, to rgbx: UnsafeMutablePointer<UInt32>, width: Int) {
        let red = UnsafePointer(UnsafeMutableRawPointer(added.bytes).assumingMemoryBound(to: Int32.self))
        let (green, blue) = (red + room, red + 2 * room)
        let (factor, offset) = (portable.factor, portable.offset)
        let bias = -25_165_824 - portable.base + 32768
        func value(_ sum: Int32) -> UInt32 {
            UInt32(truncatingIfNeeded: min(max((sum &* factor &+ bias) >> 16, 0), 255))
        }
        for x in 0..<width {
            let base = Int32(y[x]) &+ offset
            rgbx[x] = value(base &+ red[x]) | value(base &+ green[x]) << 8 | value(base &+ blue[x]) << 16
        }
    }
}

import CFFmpeg
import CommonDecoding

/// The luma plane of a frame whose format keeps luma by itself, in 8 to 16 bits: no scaler is needed.
struct LumaPlane {
    private let plane: UnsafePointer<UInt8>
    private let planeStride: Int
    private let width: Int
    private let height: Int
    private let bits: Int
    private let shift: Int
    private let isFullRange: Bool

    /// Nil for other formats.
    init?(_ frame: UnsafeMutablePointer<AVFrame>, _ description: UnsafePointer<AVPixFmtDescriptor>) {
        let others =
            AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL
            | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BE
        let luma = description.pointee.comp.0
        guard description.pointee.flags & UInt64(others) == 0, luma.plane == 0, luma.offset == 0,
            let data = frame.pointee.data.0
        else { return nil }
        switch (luma.step, luma.depth) {
        case (1, 8): guard luma.shift == 0 else { return nil }
        case (2, 9...16): guard luma.shift + luma.depth <= 16 else { return nil }
        default: return nil
        }
        (plane, planeStride) = (UnsafePointer(data), Int(frame.pointee.linesize.0))
        (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        (bits, shift) = (Int(luma.depth), Int(luma.shift))
        isFullRange =
            frame.pointee.color_range == AVCOL_RANGE_JPEG || isFullRangeFormat(frame.pointee.format)
            || description.pointee.nb_components <= 2
    }

    /// The plane itself, where it is what is wanted.
    var asItIs: FramePixels? {
        guard bits == 8, isFullRange, planeStride >= width else { return nil }
        return FramePixels(width: width, height: height, channels: 1, pixels: plane, stride: planeStride)
    }

    /// Full range, 8 bits: `height` rows, `stride` bytes apart.
    func write(to out: UnsafeMutablePointer<UInt8>, stride: Int) {
        for y in 0..<height {
            let (from, to) = (plane + y * planeStride, out + y * stride)
            if bits == 8 {
                if isFullRange { to.update(from: from, count: width) } else { expand(from, to) }
            } else {
                UnsafeRawPointer(from).withMemoryRebound(to: UInt16.self, capacity: width) { narrow($0, to) }
            }
        }
    }

    private func expand(_ from: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>) {
        for x in 0..<width { to[x] = fullRange(from[x]) }
    }

    private func narrow(_ from: UnsafePointer<UInt16>, _ to: UnsafeMutablePointer<UInt8>) {
        let drop = UInt16(shift + bits - 8)
        if isFullRange {
            for x in 0..<width { to[x] = UInt8(truncatingIfNeeded: from[x] &>> drop) }
        } else {
            for x in 0..<width { to[x] = fullRange(UInt8(truncatingIfNeeded: from[x] &>> drop)) }
        }
    }
}

/// 16...235 -> 0...255, rounded to within one level, in 16 bits.
@inline(__always)
private func fullRange(_ luma: UInt8) -> UInt8 {
    let above = UInt16(min(max(luma, 16), 235) &- 16)
    return UInt8(truncatingIfNeeded: (above &* 298 &+ 128) &>> 8)
}

/// The formats that mean full range by themselves.
func isFullRangeFormat(_ format: Int32) -> Bool {
    switch AVPixelFormat(rawValue: format) {
    case AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P: true
    default: false
    }
}

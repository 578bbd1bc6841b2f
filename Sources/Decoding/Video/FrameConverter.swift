import CFFmpeg
import CommonDecoding
import MediaModel

/// Decoded frames of any format -> pixels to hash. One converter serves all frames of a video.
final class FrameConverter {
    private let precision: HashPrecision
    private let arithmetic: VPDQArithmetic
    private let budget: Budget
    private var buffer: PixelBuffer?
    private var direct: (width: Int, isFullRange: Bool, converter: YUVToRGB)?
    private var scaler: OpaquePointer?

    init(precision: HashPrecision, arithmetic: VPDQArithmetic, budget: Budget) {
        (self.precision, self.arithmetic, self.budget) = (precision, arithmetic, budget)
    }

    deinit { sws_freeContext(scaler) }

    /// Valid until the next call, and as long as the frame is.
    func pixels(of frame: UnsafeMutablePointer<AVFrame>) throws(DecodeError) -> FramePixels {
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        try budget.checkSize(width: width, height: height)
        guard let description = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.pointee.format)) else {
            throw .unsupported("an unknown pixel format")
        }
        switch precision {
        case .fast:
            guard let plane = LumaPlane(frame, description) else { return try scaled(frame, to: AV_PIX_FMT_GRAY8) }
            if let pixels = plane.asItIs { return pixels }
            let stride = (width + 63) / 64 * 64
            let out = try room(stride * height)
            plane.write(to: out, stride: stride)
            return FramePixels(width: width, height: height, channels: 1, pixels: out, stride: stride)
        case .exact:
            if let pixels = try convertedDirectly(frame) { return pixels }
            return try scaled(frame, to: AV_PIX_FMT_RGB24)
        }
    }

    /// The formats for which libswscale has a direct converter; nil for others.
    private func convertedDirectly(_ frame: UnsafeMutablePointer<AVFrame>) throws(DecodeError) -> FramePixels? {
        let rowsPerChroma: Int
        switch AVPixelFormat(rawValue: frame.pointee.format) {
        case AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVA420P: rowsPerChroma = 2
        case AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUVJ422P: rowsPerChroma = 1
        default: return nil
        }
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        guard height % 2 == 0, let y = frame.pointee.data.0, let u = frame.pointee.data.1, let v = frame.pointee.data.2
        else { return nil }
        let strides = (Int(frame.pointee.linesize.0), Int(frame.pointee.linesize.1), Int(frame.pointee.linesize.2))
        let isFullRange = isFullRangeFormat(frame.pointee.format)
        if direct?.width != width || direct?.isFullRange != isFullRange {
            let converter = try YUVToRGB(
                width: width, isFullRange: isFullRange, arithmetic: arithmetic, budget: budget)
            direct = (width, isFullRange, converter)
        }
        let stride = (width * 4 + 63) / 64 * 64
        let out = try room(stride * height)
        for row in 0..<height {
            // The portable converter of 4:2:2 takes the even rows' chroma for both.
            if row % 2 == 0 || (rowsPerChroma == 1 && arithmetic == .x86) {
                let chromaRow = row / rowsPerChroma
                direct!.converter.setChroma(
                    u + chromaRow * strides.1, v + chromaRow * strides.2, count: (width + 1) / 2)
            }
            UnsafeMutableRawPointer(out + row * stride).withMemoryRebound(to: UInt32.self, capacity: width) {
                direct!.converter.convert(y + row * strides.0, to: $0, width: width)
            }
        }
        return FramePixels(width: width, height: height, channels: 4, pixels: out, stride: stride)
    }

    /// Through libswscale, as vPDQ calls it.
    private func scaled(
        _ frame: UnsafeMutablePointer<AVFrame>, to target: AVPixelFormat
    ) throws(DecodeError) -> FramePixels {
        let (width, height) = (frame.pointee.width, frame.pointee.height)
        let source = AVPixelFormat(rawValue: frame.pointee.format)
        scaler = sws_getCachedContext(scaler, width, height, source, width, height, target, SWS_AREA, nil, nil, nil)
        guard let scaler else { throw .unsupported("a pixel format that can't be converted") }
        let channels = target == AV_PIX_FMT_GRAY8 ? 1 : 3
        // The scaler writes whole registers.
        let stride = (Int(width) * channels + 63) / 64 * 64
        let out = try room(stride * Int(height))
        let planes = withUnsafeBytes(of: frame.pointee.data) {
            $0.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self).map { UnsafePointer<UInt8>($0) }
        }
        let strides = withUnsafeBytes(of: frame.pointee.linesize) { Array($0.assumingMemoryBound(to: Int32.self)) }
        var outs: [UnsafeMutablePointer<UInt8>?] = [out, nil, nil, nil]
        var outStrides: [Int32] = [Int32(stride), 0, 0, 0]
        guard sws_scale(scaler, planes, strides, 0, height, &outs, &outStrides) == height else {
            throw .corrupt("a frame's pixels can't be converted")
        }
        return FramePixels(width: Int(width), height: Int(height), channels: channels, pixels: out, stride: stride)
    }

    private func room(_ count: Int) throws(DecodeError) -> UnsafeMutablePointer<UInt8> {
        if let buffer, buffer.count >= count + 64 { return buffer.bytes }
        buffer = nil
        let fresh = try budget.allocate(count + 64)
        buffer = fresh
        return fresh.bytes
    }
}

import CFFmpeg

/// A frame of 16-bit samples, to be scaled to 8 bits exactly: the scaler truncates.
struct WideSamples {
    private let data: UnsafePointer<UInt8>
    private let stride: Int
    private let width: Int
    private let height: Int
    /// Samples a pixel, and how many of them are kept.
    private let samples: Int
    private let isBigEndian: Bool

    /// Nil for other pixel formats.
    init?(_ frame: UnsafeMutablePointer<AVFrame>) {
        switch AVPixelFormat(rawValue: frame.pointee.format) {
        case AV_PIX_FMT_GRAY16LE: (samples, isBigEndian) = (1, false)
        case AV_PIX_FMT_GRAY16BE: (samples, isBigEndian) = (1, true)
        case AV_PIX_FMT_YA16LE: (samples, isBigEndian) = (2, false)
        case AV_PIX_FMT_YA16BE: (samples, isBigEndian) = (2, true)
        case AV_PIX_FMT_RGB48LE: (samples, isBigEndian) = (3, false)
        case AV_PIX_FMT_RGB48BE: (samples, isBigEndian) = (3, true)
        case AV_PIX_FMT_RGBA64LE: (samples, isBigEndian) = (4, false)
        case AV_PIX_FMT_RGBA64BE: (samples, isBigEndian) = (4, true)
        default: return nil
        }
        guard let plane = frame.pointee.data.0 else { return nil }
        (data, stride) = (UnsafePointer(plane), Int(frame.pointee.linesize.0))
        (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    }

    /// Writes rows of `channels` bytes a pixel, `outStride` apart: v * 255 / 65535, rounded, as libpng does.
    func narrow(into out: UnsafeMutablePointer<UInt8>, stride outStride: Int, channels: Int) {
        let (high, low) = isBigEndian ? (0, 1) : (1, 0)
        for y in 0..<height {
            let row = data + y * stride
            for x in 0..<width {
                for c in 0..<channels {
                    let at = 2 * (samples * x + c)
                    let value = UInt32(row[at + high]) << 8 | UInt32(row[at + low])
                    out[y * outStride + x * channels + c] = UInt8((value * 255 + 32895) >> 16)
                }
            }
        }
    }
}

public import CommonDecoding
public import MediaModel

/// Decodes a picture by its content and hands its rows to `sink`: all of them, with
/// gray for those that a damaged file lacks. Of a picture with several frames, the first.
///
/// Alpha is dropped: the colour stored under transparent pixels counts (SPEC 1.1).
/// Profiles and gamma are ignored. 16-bit samples are scaled to 8.
///
/// - Parameter precision: of the hash that the rows are for. For a fast one they may be luma only, without the detail
///   that the hash doesn't see.
public func decodePicture(
    _ bytes: UnsafeRawBufferPointer, limits: ItemLimits, precision: HashPrecision = .exact,
    into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    let format = sniff(bytes)
    let budget = Budget(limits)
    switch format {
    case .jpeg:
        do throws(DecodeError) {
            return try decodeJPEG(bytes, precision: precision, budget: budget, into: &sink)
        } catch .unsupported(let why) {
            // Lossless JPEG and a few others: libav knows them.
            do throws(DecodeError) {
                return try decodeWithLibAV(bytes, as: .jpeg, budget: budget, into: &sink)
            } catch .corrupt, .unsupported {
                throw .unsupported(why)
            }
        }
    case .png: return try decodePNG(bytes, budget: budget, into: &sink)
    case .webp: return try decodeWebP(bytes, budget: budget, into: &sink)
    case .heif, .avif: return try decodeHEIF(bytes, as: format, budget: budget, into: &sink)
    case .gif, .bmp, .tiff, .ico, .psd, .qoi, .jpeg2000, .jpegxl, .dds, .pnm, .pcx, .sgi, .sun, .exr, .dpx:
        return try decodeWithLibAV(bytes, as: format, budget: budget, into: &sink)
    case .tga:
        do throws(DecodeError) {
            return try decodeWithLibAV(bytes, as: format, budget: budget, into: &sink)
        } catch .corrupt {
            // Its mark is weak: what doesn't decode was something else.
            throw .notAPicture(describeUnknown(bytes))
        }
    case .video: throw .unsupported("video is not examined by this version")
    case .unknown: throw .notAPicture(describeUnknown(bytes))
    }
}

/// What a file is, by its content.
public enum MediaFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, webp, heif, avif, gif, bmp, tiff, ico, psd, qoi, jpeg2000, jpegxl, dds, pnm, pcx, sgi, sun, exr,
        dpx, tga
    /// A container of moving pictures.
    case video
    /// None that is known.
    case unknown
}

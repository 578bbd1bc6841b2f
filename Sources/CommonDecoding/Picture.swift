public import MediaModel

/// What was decoded, beside the pixels.
public struct Picture: Sendable, Hashable {
    public let format: MediaFormat
    public let shape: PictureShape
    /// 1...8, where the file states one. The pixels are as stored, not turned.
    public let exifOrientation: Int?
    /// What is wrong with the file, when only a part of the pixels is real; the rest is gray.
    public let damage: String?
    /// Whether the file has more frames or pages than the one that was decoded.
    public let hasFurtherFrames: Bool

    package init(
        format: MediaFormat, shape: PictureShape, exifOrientation: Int?, damage: String?, hasFurtherFrames: Bool = false
    ) {
        (self.format, self.shape, self.exifOrientation) = (format, shape, exifOrientation)
        (self.damage, self.hasFurtherFrames) = (damage, hasFurtherFrames)
    }
}

/// Takes a picture's rows as a decoder gives them.
public protocol PixelSink {
    /// Called before any row, and again where a decoder gives up and another starts anew: then the rows that came are
    /// void, and the shape may be another. - Throws: `tooMuchMemory`, when it has no room for such a picture.
    mutating func begin(_ shape: PictureShape) throws(DecodeError)
    /// `count` further rows from the top, each `shape.rowBytes` bytes, `stride` bytes apart.
    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int)
}

/// The size of a picture and of its pixels.
public struct PictureShape: Sendable, Hashable {
    /// Pixels, at least 1.
    public let width: Int
    /// Pixels, at least 1.
    public let height: Int
    /// 1 gray, 3 RGB, 4 RGB and a byte that means nothing; one byte each.
    public let channels: Int
    /// 1, 2, 4 or 8: each pixel of the rows is the mean of so many across and down; at the right and lower edge of fewer.
    public let reduction: Int

    public init(width: Int, height: Int, channels: Int, reduction: Int = 1) {
        (self.width, self.height) = (width, height)
        (self.channels, self.reduction) = (channels, reduction)
    }

    /// Bytes of a row.
    public var rowBytes: Int { (width + reduction - 1) / reduction * channels }
    /// Rows that come in all.
    public var rowCount: Int { (height + reduction - 1) / reduction }
}

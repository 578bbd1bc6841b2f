/// Takes a picture's rows as a decoder gives them.
public protocol PixelSink {
    /// Called once, before any row. - Throws: `tooMuchMemory`, when it has no room for such a picture.
    mutating func begin(_ shape: PictureShape) throws(DecodeError)
    /// `count` further rows from the top, each `shape.width * shape.channels` bytes, `stride` bytes apart.
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

    public init(width: Int, height: Int, channels: Int) {
        (self.width, self.height, self.channels) = (width, height, channels)
    }
}

/// A small, blurred, gray picture of an item, for a person who has to decide.
public struct Thumbnail: Sendable, Hashable {
    /// Luma, row by row.
    public let pixels: [UInt8]
    /// Pixels, 1...`longestSide`.
    public let width: Int
    public let height: Int

    public static let longestSide = 64

    /// Nil unless there are so many pixels.
    public init?(pixels: [UInt8], width: Int, height: Int) {
        guard (1...Self.longestSide).contains(width), (1...Self.longestSide).contains(height),
            pixels.count == width * height
        else { return nil }
        (self.pixels, self.width, self.height) = (pixels, width, height)
    }
}

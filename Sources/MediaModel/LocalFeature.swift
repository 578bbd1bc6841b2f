/// A place in a picture that is found again in its copies, and what it looks like.
public struct LocalFeature: Sendable, Hashable {
    /// In 65536ths of the picture's width.
    public let x: UInt16
    /// In 65536ths of the picture's height.
    public let y: UInt16
    /// In 65536ths of the picture's longer side.
    public let radius: UInt16
    /// In 65536ths of a turn.
    public let angle: UInt16
    /// Compared by Hamming distance.
    public let descriptor: Hash256

    public init(x: UInt16, y: UInt16, radius: UInt16, angle: UInt16, descriptor: Hash256) {
        (self.x, self.y, self.radius, self.angle) = (x, y, radius, angle)
        self.descriptor = descriptor
    }

    /// The feature of the picture mirrored left to right, at its place in the picture as it is: the second half of a
    /// descriptor's comparisons are those of the first half, mirrored.
    public var mirrored: LocalFeature {
        LocalFeature(
            x: x, y: y, radius: radius, angle: Self.mirrored(angle: angle),
            descriptor: Hash256(descriptor.word2, descriptor.word3, descriptor.word0, descriptor.word1))
    }

    /// The angle of the mirrored picture's feature.
    public static func mirrored(angle: UInt16) -> UInt16 { 32768 &- angle }
}

/// A rectangle of a picture, its edges in 65535ths of the picture's width and height from the top left corner.
public struct PictureWindow: Sendable, Hashable {
    public let left: UInt16
    public let top: UInt16
    /// Exclusive.
    public let right: UInt16
    /// Exclusive.
    public let bottom: UInt16

    /// The scale of the edges.
    public static let unit = 65535.0
    public static let whole = PictureWindow(left: 0 as UInt16, top: 0, right: 65535, bottom: 65535)!

    /// Nil for an empty rectangle.
    public init?(left: UInt16, top: UInt16, right: UInt16, bottom: UInt16) {
        guard left < right, top < bottom else { return nil }
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    /// From fractions of the picture, cut to it; nil for an empty rectangle.
    public init?(left: Double, top: Double, right: Double, bottom: Double) {
        func edge(_ value: Double) -> UInt16 { UInt16((min(1, max(0, value)) * Self.unit).rounded()) }
        self.init(left: edge(left), top: edge(top), right: edge(right), bottom: edge(bottom))
    }

    /// Edges as fractions of the picture.
    public var edges: (left: Double, top: Double, right: Double, bottom: Double) {
        (Double(left) / Self.unit, Double(top) / Self.unit, Double(right) / Self.unit, Double(bottom) / Self.unit)
    }

    /// Shared area by area of both, 0...1.
    public func overlap(with other: PictureWindow) -> Double {
        let width = Double(min(right, other.right)) - Double(max(left, other.left))
        let height = Double(min(bottom, other.bottom)) - Double(max(top, other.top))
        guard width > 0, height > 0 else { return 0 }
        return width * height / (area + other.area - width * height)
    }

    private var area: Double { (Double(right) - Double(left)) * (Double(bottom) - Double(top)) }

    /// In pixels of a picture of such a size.
    public func region(width: Int, height: Int) -> Region {
        let (left, top, right, bottom) = edges
        let (x, y) = (Int((left * Double(width)).rounded()), Int((top * Double(height)).rounded()))
        return Region(
            x: x, y: y, width: max(1, Int((right * Double(width)).rounded()) - x),
            height: max(1, Int((bottom * Double(height)).rounded()) - y))
    }
}

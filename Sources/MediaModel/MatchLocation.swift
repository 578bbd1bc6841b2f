/// Which part of an item shows which part of a registered picture.
public struct MatchLocation: Sendable, Hashable {
    /// Of the item.
    public let region: Region
    /// Of the reference.
    public let referenceRegion: Region
    /// From the item's pixels to the reference's.
    public let transform: AffineTransform
    /// Where local features agree; nil when hashes decided.
    private let pairs: [PointPair]?

    /// Local features that agree; nil when hashes decided.
    public var inliers: Int? { pairs?.count }
    /// Of local features that agree.
    public var points: [PointPair] { pairs ?? [] }

    /// - Parameter points: of local features that agree; nil when hashes decided.
    public init(region: Region, referenceRegion: Region, transform: AffineTransform, points: [PointPair]? = nil) {
        (self.region, self.referenceRegion) = (region, referenceRegion)
        (self.transform, pairs) = (transform, points)
    }
}

/// A place in an item and the same place in the reference, in pixels of each.
public struct PointPair: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        public let x: Double
        public let y: Double

        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }
    public let item: Point
    public let reference: Point

    public init(item: Point, reference: Point) { (self.item, self.reference) = (item, reference) }
}

/// (x, y) -> (ax + by + c, dx + ey + f).
public struct AffineTransform: Sendable, Hashable {
    public var a: Double
    public var b: Double
    public var c: Double
    public var d: Double
    public var e: Double
    public var f: Double

    public init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) {
        (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
    }

    public func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        (a * x + b * y + c, d * x + e * y + f)
    }

    /// Nil when it maps to a line or a point.
    public var inverse: AffineTransform? {
        let determinant = a * e - b * d
        guard abs(determinant) > 1e-12 else { return nil }
        let (p, q, r, s) = (e / determinant, -b / determinant, -d / determinant, a / determinant)
        return AffineTransform(p, q, -p * c - q * f, r, s, -r * c - s * f)
    }
}

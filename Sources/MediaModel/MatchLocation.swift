/// Which part of an item shows which part of a registered picture.
public struct MatchLocation: Sendable, Hashable {
    /// Of the item.
    public let region: Region
    /// Of the reference.
    public let referenceRegion: Region
    /// From the item's pixels to the reference's.
    public let transform: AffineTransform
    /// Local features that agree; nil when hashes decided.
    public let inliers: Int?

    public init(region: Region, referenceRegion: Region, transform: AffineTransform, inliers: Int? = nil) {
        (self.region, self.referenceRegion) = (region, referenceRegion)
        (self.transform, self.inliers) = (transform, inliers)
    }
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

/// A convex part of a picture with four corners, a little of which may lie outside of it.
public struct Quadrilateral: Sendable, Hashable {
    /// In 16384ths of the picture's width and height from the top left corner.
    public struct Corner: Sendable, Hashable {
        public let x: Int16
        public let y: Int16

        public init(x: Int16, y: Int16) { (self.x, self.y) = (x, y) }
    }
    /// Of what is shown in it: its top left, top right, bottom right and bottom left corner.
    public let corners: [Corner]

    /// The scale of corners.
    public static let unit = 16384.0

    /// Nil unless there are four corners, in the order of the hands of a clock, without an angle of 180 degrees or more.
    public init?(corners: [Corner]) {
        guard corners.count == 4 else { return nil }
        for i in 0..<4 {
            let (a, b, c) = (corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4])
            let (ux, uy) = (Int(b.x) - Int(a.x), Int(b.y) - Int(a.y))
            let (vx, vy) = (Int(c.x) - Int(b.x), Int(c.y) - Int(b.y))
            guard ux * vy - uy * vx > 0 else { return nil }
        }
        self.corners = corners
    }

    /// From shares of the picture's sides, -1...1.9; nil for what is no convex quadrilateral.
    public init?(_ points: [(x: Double, y: Double)]) {
        func share(_ value: Double) -> Int16 { Int16((min(1.9, max(-1, value)) * Self.unit).rounded()) }
        self.init(corners: points.map { Corner(x: share($0.x), y: share($0.y)) })
    }

    /// Corners in shares of the picture's sides.
    public var points: [(x: Double, y: Double)] {
        corners.map { (Double($0.x) / Self.unit, Double($0.y) / Self.unit) }
    }

    /// What of the picture it lies in; nil when that is nothing.
    public var bounds: PictureWindow? {
        let points = points
        return PictureWindow(
            left: points.map(\.x).min()!, top: points.map(\.y).min()!, right: points.map(\.x).max()!,
            bottom: points.map(\.y).max()!)
    }

    /// From what is shown in it, a square of 1 x 1, to the picture, in shares of its sides (Heckbert: "Fundamentals of
    /// Texture Mapping and Image Warping", 1989).
    public var projection: Projection {
        let p = points
        let (sumX, sumY) = (p[0].x - p[1].x + p[2].x - p[3].x, p[0].y - p[1].y + p[2].y - p[3].y)
        let (dx1, dx2) = (p[1].x - p[2].x, p[3].x - p[2].x)
        let (dy1, dy2) = (p[1].y - p[2].y, p[3].y - p[2].y)
        let determinant = dx1 * dy2 - dx2 * dy1
        let g = (sumX * dy2 - dx2 * sumY) / determinant
        let h = (dx1 * sumY - sumX * dy1) / determinant
        return Projection(
            xs: (p[1].x - p[0].x + g * p[1].x, p[3].x - p[0].x + h * p[3].x, p[0].x),
            ys: (p[1].y - p[0].y + g * p[1].y, p[3].y - p[0].y + h * p[3].y, p[0].y), depths: (g, h, 1))
    }
}

/// (x, y) -> ((xs.0 x + xs.1 y + xs.2) / d, (ys.0 x + ys.1 y + ys.2) / d), d = depths.0 x + depths.1 y + depths.2.
public struct Projection: Sendable {
    public let xs: (Double, Double, Double)
    public let ys: (Double, Double, Double)
    public let depths: (Double, Double, Double)

    public func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let depth = depths.0 * x + depths.1 * y + depths.2
        return ((xs.0 * x + xs.1 * y + xs.2) / depth, (ys.0 * x + ys.1 * y + ys.2) / depth)
    }

    /// - Precondition: it is that of a quadrilateral.
    public var inverse: Projection {
        func minor(
            _ p: (Double, Double, Double), _ q: (Double, Double, Double)
        ) -> (Double, Double, Double) {
            (p.1 * q.2 - p.2 * q.1, p.2 * q.0 - p.0 * q.2, p.0 * q.1 - p.1 * q.0)
        }
        // The adjugate, whose columns are cross products of the rows; a common factor falls out.
        let (a, b, c) = (minor(ys, depths), minor(depths, xs), minor(xs, ys))
        return Projection(xs: (a.0, b.0, c.0), ys: (a.1, b.1, c.1), depths: (a.2, b.2, c.2))
    }
}

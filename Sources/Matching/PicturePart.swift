import MediaModel

/// A part of a picture, a box or a quadrilateral.
struct PicturePart: Sendable, Hashable {
    let window: PictureWindow
    /// Of a quadrilateral.
    let corners: Quadrilateral?

    static let whole = PicturePart(window: .whole)

    init(window: PictureWindow, corners: Quadrilateral? = nil) { (self.window, self.corners) = (window, corners) }

    init(_ hash: RegionHash) { self.init(window: hash.window, corners: hash.corners) }

    /// Corners in shares of the picture's sides, clockwise from the top left one.
    var points: [(x: Double, y: Double)] {
        if let corners { return corners.points }
        let (left, top, right, bottom) = window.edges
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    }

    /// Where a point of the picture lies in the part: both in shares of their sides.
    func inner(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        if let corners { return corners.projection.inverse(x, y) }
        let (left, top, right, bottom) = window.edges
        return ((x - left) / (right - left), (y - top) / (bottom - top))
    }

    /// Where a point of the part lies in the picture.
    func outer(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        if let corners { return corners.projection(x, y) }
        let (left, top, right, bottom) = window.edges
        return (left + x * (right - left), top + y * (bottom - top))
    }

    /// Whether both are nearly the same part.
    func isNearly(_ other: PicturePart) -> Bool {
        if corners == nil, other.corners == nil { return window.overlap(with: other.window) >= Self.sameOverlap }
        return zip(points, other.points).allSatisfy {
            abs($0.x - $1.x) < Self.sameCorner && abs($0.y - $1.y) < Self.sameCorner
        }
    }

    /// Windows that share more are the same.
    private static let sameOverlap = 0.98
    /// Of the picture's sides.
    private static let sameCorner = 0.01
}

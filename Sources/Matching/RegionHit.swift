import MediaModel

/// A part of an item whose hash is near that of a part of a reference.
struct RegionHit: Sendable, Hashable {
    let reference: ReferenceID
    /// Of the item.
    let part: PicturePart
    /// Of the reference.
    let shown: PicturePart
    /// Of the reference's form that the part shows.
    let orientation: Dihedral
    let distance: Int
    let isNegative: Bool

    /// Of equal distances one comes first, wherever the reference was found.
    var order: UInt64 {
        func edges(_ window: PictureWindow) -> UInt64 {
            [window.left, window.top, window.right, window.bottom].reduce(0) { $0 &* 65521 &+ UInt64($1) }
        }
        return edges(part.window) &* 8 &+ edges(shown.window) &* 1_000_003 &+ UInt64(orientation.rawValue)
    }

    /// Where the point (x, y) of the item lies in the reference, in shares of their sides.
    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let (u, v) = part.inner(x, y)
        let (s, t) = orientation.source(x: u, y: v)
        return shown.outer(s, t)
    }

    /// Whether the other one says the same by other parts.
    func isConfirmed(by other: RegionHit) -> Bool {
        guard reference == other.reference, isNegative == other.isNegative,
            !part.isNearly(other.part) || !shown.isNearly(other.shown)
        else { return false }
        let reference = shown.window.edges
        let (width, height) = (reference.right - reference.left, reference.bottom - reference.top)
        return part.points.allSatisfy { x, y in
            let (own, others) = (map(x, y), other.map(x, y))
            return abs(own.x - others.x) <= Self.slack * width && abs(own.y - others.y) <= Self.slack * height
        }
    }

    /// Share of the part by which its corners may differ: hashes bear a few hundredths.
    private static let slack = 0.06

    /// In pixels.
    func location(_ item: (width: Int, height: Int), _ reference: (width: Int, height: Int)) -> MatchLocation {
        MatchLocation(
            region: part.window.region(width: item.width, height: item.height),
            referenceRegion: shown.window.region(width: reference.width, height: reference.height),
            transform: transform(
                (Double(item.width), Double(item.height)), (Double(reference.width), Double(reference.height))))
    }

    private func transform(
        _ item: (width: Double, height: Double), _ reference: (width: Double, height: Double)
    ) -> AffineTransform {
        func mapped(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
            let (u, v) = map(x / item.width, y / item.height)
            return (u * reference.width, v * reference.height)
        }
        if part.corners == nil, shown.corners == nil {
            let (origin, right, down) = (mapped(0, 0), mapped(item.width, 0), mapped(0, item.height))
            return AffineTransform(
                (right.x - origin.x) / item.width, (down.x - origin.x) / item.height, origin.x,
                (right.y - origin.y) / item.width, (down.y - origin.y) / item.height, origin.y)
        }
        // No affine map takes each corner of a quadrilateral to its place: the nearest one.
        let points = part.points.map { (x: $0.x * item.width, y: $0.y * item.height) }
        let (from, to) = (AffineTransform(ofSquare: points), AffineTransform(ofSquare: points.map(mapped)))
        return from.inverse.map { back in
            let (origin, right, down) = (to(back.c, back.f), to.turned(back.a, back.d), to.turned(back.b, back.e))
            return AffineTransform(right.x, down.x, origin.x, right.y, down.y, origin.y)
        } ?? to
    }
}

extension AffineTransform {
    /// The one that takes the corners of a square of 1 x 1, clockwise from the origin, nearest to four points.
    fileprivate init(ofSquare p: [(x: Double, y: Double)]) {
        func part(_ v: [Double]) -> (right: Double, down: Double, origin: Double) {
            let (right, down) = ((v[1] - v[0] + v[2] - v[3]) / 2, (v[3] - v[0] + v[2] - v[1]) / 2)
            return (right, down, (v[0] + v[1] + v[2] + v[3]) / 4 - (right + down) / 2)
        }
        let (x, y) = (part(p.map(\.x)), part(p.map(\.y)))
        self.init(x.right, x.down, x.origin, y.right, y.down, y.origin)
    }

    /// Of a direction.
    fileprivate func turned(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (a * x + b * y, d * x + e * y) }
}

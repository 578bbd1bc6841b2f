import MediaModel

/// A part of an item whose hash is near that of a part of a reference.
struct RegionHit: Sendable, Hashable {
    let reference: ReferenceID
    /// Of the item.
    let window: PictureWindow
    /// Of the reference.
    let shown: PictureWindow
    /// Of the reference's form that the part shows.
    let orientation: Dihedral
    let distance: Int
    let isNegative: Bool

    /// Where the point (x, y) of the item lies in the reference, in shares of their sides.
    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let (from, to) = (window.edges, shown.edges)
        let (u, v) = ((x - from.left) / (from.right - from.left), (y - from.top) / (from.bottom - from.top))
        let (s, t) = orientation.source(x: u, y: v)
        return (to.left + s * (to.right - to.left), to.top + t * (to.bottom - to.top))
    }

    /// Whether the other one says the same by other parts.
    func isConfirmed(by other: RegionHit) -> Bool {
        guard reference == other.reference, isNegative == other.isNegative,
            window.overlap(with: other.window) < Self.sameOverlap
                || shown.overlap(with: other.shown) < Self.sameOverlap
        else { return false }
        let (item, reference) = (window.edges, shown.edges)
        let (width, height) = (reference.right - reference.left, reference.bottom - reference.top)
        return [(item.left, item.top), (item.right, item.top), (item.left, item.bottom), (item.right, item.bottom)]
            .allSatisfy { x, y in
                let (own, others) = (map(x, y), other.map(x, y))
                return abs(own.x - others.x) <= Self.slack * width && abs(own.y - others.y) <= Self.slack * height
            }
    }

    /// Windows that share more are the same.
    private static let sameOverlap = 0.98
    /// Share of the part by which its corners may differ: hashes bear a few hundredths.
    private static let slack = 0.06

    /// In pixels.
    func location(_ item: (width: Int, height: Int), _ reference: (width: Int, height: Int)) -> MatchLocation {
        let (width, height) = (Double(item.width), Double(item.height))
        func mapped(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
            let (u, v) = map(x / width, y / height)
            return (u * Double(reference.width), v * Double(reference.height))
        }
        let (origin, right, down) = (mapped(0, 0), mapped(width, 0), mapped(0, height))
        return MatchLocation(
            region: window.region(width: item.width, height: item.height),
            referenceRegion: shown.region(width: reference.width, height: reference.height),
            transform: AffineTransform(
                (right.x - origin.x) / width, (down.x - origin.x) / height, origin.x, (right.y - origin.y) / width,
                (down.y - origin.y) / height, origin.y))
    }
}

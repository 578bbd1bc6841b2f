import MediaModel

/// Draws which part of B shows which part of A, without the pictures: both frames, each one's outline in the other, and
/// the places that agree, joined by lines.
struct MatchPicture {
    private static let side = 480.0
    private static let margin = 20.0

    private var canvas: Canvas
    private let (a, b): (Placed, Placed)

    /// A picture's place on the canvas.
    private struct Placed {
        let left: Double
        let scale: Double
        let width: Double
        let height: Double

        init(_ size: (width: Int, height: Int), left: Double) {
            (width, height, self.left) = (Double(size.width), Double(size.height), left)
            scale = MatchPicture.side / max(width, height, 1)
        }

        func callAsFunction(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
            (left + point.x * scale, MatchPicture.margin + point.y * scale)
        }

        var box: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
            let (first, last) = (self((0, 0)), self((width, height)))
            return (first.x...last.x, first.y...last.y)
        }

        var corners: [(x: Double, y: Double)] { [(0, 0), (width, 0), (width, height), (0, height)] }
    }

    private static let (aColour, bColour): (Colour, Colour) = ((200, 30, 30), (30, 60, 200))
    private static let (dotColour, linkColour): (Colour, Colour) = ((40, 150, 60), (190, 225, 195))

    /// - Parameters:
    ///   - aSize: of the reference, pixels.
    ///   - bSize: of the item, pixels.
    ///   - transform: from B's pixels to A's.
    init(aSize: (width: Int, height: Int), bSize: (width: Int, height: Int), location: MatchLocation) {
        a = Placed(aSize, left: Self.margin)
        b = Placed(bSize, left: Self.side + 2 * Self.margin)
        canvas = Canvas(width: Int(2 * Self.side + 3 * Self.margin), height: Int(Self.side + 2 * Self.margin))
        for pair in location.points {
            let (from, to) = (a((pair.reference.x, pair.reference.y)), b((pair.item.x, pair.item.y)))
            canvas.line(from, to, Self.linkColour)
            for point in [from, to] { canvas.dot(point, Self.dotColour) }
        }
        canvas.outline(a.corners.map { a($0) }, Self.aColour)
        canvas.outline(b.corners.map { b($0) }, Self.bColour)
        canvas.outline(b.corners.map { a(location.transform($0.x, $0.y)) }, Self.bColour, within: a.box)
        if let back = location.transform.inverse {
            canvas.outline(a.corners.map { b(back($0.x, $0.y)) }, Self.aColour, within: b.box)
        }
    }

    var png: [UInt8] { canvas.png }
}

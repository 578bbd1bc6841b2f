import MediaModel

/// Which time of a video shows which time of the reference, as a picture: the item's time above, the reference's below,
/// each segment a band between them. A band that crosses itself runs backwards.
struct Timeline {
    private static let (width, height) = (600.0, 64.0)
    private static let (bar, top, bottom) = (10.0, 6.0, 48.0)
    /// Further segments are only counted.
    static let maximumDrawn = 40

    private let segments: ArraySlice<Segment>
    private let itemEnd: Double
    private let referenceEnd: Double

    /// - Parameter duration: of the item, if it is known.
    init(_ segments: [Segment], duration: Int64?) {
        self.segments = segments.prefix(Self.maximumDrawn)
        itemEnd = Double(max(1, duration ?? 1, segments.map(\.item.upperBound).max() ?? 1))
        referenceEnd = Double(max(1, segments.map(\.reference.upperBound).max() ?? 1))
    }

    func svg(label: String) -> String {
        var out = #"<svg class="t" viewBox="0 0 600 64" role="img" aria-label="\#(HTMLWriter.escaped(label))">"#
        for y in [Self.top, Self.bottom] {
            out += #"<rect class="lane" x="0" y="\#(Self.number(y))" width="600" height="10" rx="2"/>"#
        }
        for segment in segments {
            let (a, b) = Self.span(segment.item, of: itemEnd)
            let (c, d) = Self.span(segment.reference, of: referenceEnd)
            let (from, to) = segment.speed < 0 ? (d, c) : (c, d)
            let (upper, lower) = (Self.number(Self.top + Self.bar), Self.number(Self.bottom))
            out += #"<path class="band" d="M\#(Self.number(a)) \#(upper)L\#(Self.number(b)) \#(upper)"#
            out += #"L\#(Self.number(to)) \#(lower)L\#(Self.number(from)) \#(lower)Z"/>"#
            for (x, end, y) in [(a, b, Self.top), (c, d, Self.bottom)] {
                out += #"<rect class="seg" x="\#(Self.number(x))" y="\#(Self.number(y))" "#
                out += #"width="\#(Self.number(end - x))" height="10" rx="2"/>"#
            }
        }
        return out + "</svg>"
    }

    /// At least wide enough to be seen.
    private static func span(_ range: ClosedRange<Int64>, of end: Double) -> (Double, Double) {
        let from = min(width - 3, max(0, Double(range.lowerBound) / end * width))
        return (from, min(width, max(from + 3, Double(range.upperBound) / end * width)))
    }

    /// One place, without a locale's opinion.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

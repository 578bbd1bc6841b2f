/// What is left of a picture within borders of one colour, of a gradient, or of a blurred copy.
struct Borders {
    let picture: LumaPicture

    /// Pixels of one colour differ by no more.
    private static let colourRange = 10
    /// Of a line of a border, pixels of another colour, at most: noise of JPEG.
    private static let strayShare = 0.02
    /// A line of a border has less than this share of the usual differences between neighbours.
    private static let calmShare = 0.3

    enum Sides { case all, aboveAndBelow, leftAndRight }

    /// Without borders of one colour, each with a colour of its own.
    ///
    /// - Parameter inset: where a border's first lines are not of its colour because its corners are round, from which
    ///   share of the shorter side on they are looked at.
    func withoutUniform(_ box: Box, _ sides: Sides = .all, inset: Double = 0) -> Box {
        trimmed(box, sides, inset: Int(inset * min(box.width, box.height))) { line, colour in
            isUniform(line, colour)
        }
    }

    /// Without borders that have no fine structure.
    func withoutCalm(_ box: Box, _ sides: Sides = .all) -> Box {
        let shares = stride(from: 0.3, through: 0.7, by: 0.05)
        let rows = shares.map { movement(.row(Int(box.top + $0 * box.height), Int(box.left), Int(box.right))) }
        let columns = shares.map { movement(.column(Int(box.left + $0 * box.width), Int(box.top), Int(box.bottom))) }
        let (usualRow, usualColumn) = (rows.sorted()[rows.count / 2], columns.sorted()[columns.count / 2])
        return trimmed(box, sides, inset: 0) { line, _ in
            switch line {
            case .row: movement(line) < Self.calmShare * usualRow
            case .column: movement(line) < Self.calmShare * usualColumn
            }
        }
    }

    private enum Line {
        /// y, from x to x.
        case row(Int, Int, Int)
        /// x, from y to y.
        case column(Int, Int, Int)
    }

    private func trimmed(_ box: Box, _ sides: Sides, inset: Int, while isBorder: (Line, UInt8) -> Bool) -> Box {
        var (left, top, right, bottom) = (
            Int(box.left.rounded()), Int(box.top.rounded()), Int(box.right.rounded()), Int(box.bottom.rounded())
        )
        let least = 16 + 2 * inset
        var hasChanged = true
        var isFirst = true
        /// The first line that is no border, from an end on.
        func end(_ from: Int, _ step: Int, _ limit: Int, _ line: (Int) -> Line) -> Int {
            let start = from + (isFirst ? step * inset : 0)
            let colour = middle(line(start))
            var at = start
            while (limit - at) * step > 16, isBorder(line(at), colour) { at += step }
            return at == start ? from : at
        }
        while hasChanged, right - left > least, bottom - top > least {
            let before = (left, top, right, bottom)
            if sides != .leftAndRight {
                let (l, r) = isFirst ? (left + inset, right - inset) : (left, right)
                top = end(top, 1, bottom) { .row($0, l, r) }
                bottom = end(bottom - 1, -1, top) { .row($0, l, r) } + 1
            }
            if sides != .aboveAndBelow {
                let (t, b) = (top, bottom)
                left = end(left, 1, right) { .column($0, t, b) }
                right = end(right - 1, -1, left) { .column($0, t, b) } + 1
            }
            hasChanged = before != (left, top, right, bottom)
            isFirst = false
        }
        return Box(left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom))
    }

    private func each(_ line: Line, _ body: (UInt8) -> Void) {
        picture.pixels.withUnsafeBufferPointer { pixels in
            switch line {
            case .row(let y, let from, let to):
                let row = pixels.baseAddress! + y * picture.width
                for x in from..<to { body(row[x]) }
            case .column(let x, let from, let to):
                var at = pixels.baseAddress! + from * picture.width + x
                for _ in from..<to {
                    body(at.pointee)
                    at += picture.width
                }
            }
        }
    }

    private func count(_ line: Line) -> Int {
        switch line {
        case .row(_, let from, let to), .column(_, let from, let to): to - from
        }
    }

    /// The median of a few pixels.
    private func middle(_ line: Line) -> UInt8 {
        var values: [UInt8] = []
        let step = max(1, count(line) / 15)
        var i = 0
        each(line) { value in
            if i % step == 0 { values.append(value) }
            i += 1
        }
        return values.sorted()[values.count / 2]
    }

    private func isUniform(_ line: Line, _ colour: UInt8) -> Bool {
        var strays = 0
        each(line) { if abs(Int($0) - Int(colour)) > Self.colourRange { strays += 1 } }
        return Double(strays) <= Self.strayShare * Double(count(line))
    }

    /// Mean difference of neighbours, beside what a steady gradient has.
    private func movement(_ line: Line) -> Double {
        var (sum, before, step) = (0, Int?.none, 0)
        each(line) { value in
            if let last = before {
                let next = Int(value) - last
                sum += abs(next - step)
                step = next
            }
            before = Int(value)
        }
        return Double(sum) / Double(max(1, count(line)))
    }
}

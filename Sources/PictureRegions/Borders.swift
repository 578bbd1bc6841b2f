/// What is left of a picture within borders of one colour, of a gradient, or of a blurred copy.
struct Borders {
    let picture: LumaPicture

    /// Pixels of one colour differ by no more.
    private static let colourRange = 10
    /// Of a line of a border, pixels of another colour, at most: noise of JPEG.
    private static let strayShare = 0.02
    /// A line of a border has less than this share of the usual differences between neighbours.
    private static let calmShare = 0.3

    /// Without borders of one colour on any side, each with a colour of its own.
    func withoutUniform(_ box: Box) -> Box { trimmed(box) { line, colour in isUniform(line, colour) } }

    /// Without borders that have no fine structure.
    func withoutCalm(_ box: Box) -> Box {
        let rows = stride(from: 0.3, through: 0.7, by: 0.05).map { share in
            movement(.row(Int(box.top + share * box.height), Int(box.left), Int(box.right)))
        }
        let columns = stride(from: 0.3, through: 0.7, by: 0.05).map { share in
            movement(.column(Int(box.left + share * box.width), Int(box.top), Int(box.bottom)))
        }
        let (usualRow, usualColumn) = (rows.sorted()[rows.count / 2], columns.sorted()[columns.count / 2])
        return trimmed(box) { line, _ in
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

    private func trimmed(_ box: Box, while isBorder: (Line, UInt8) -> Bool) -> Box {
        var (left, top, right, bottom) = (
            Int(box.left.rounded()), Int(box.top.rounded()), Int(box.right.rounded()), Int(box.bottom.rounded())
        )
        var hasChanged = true
        while hasChanged, right - left > 16, bottom - top > 16 {
            let before = (left, top, right, bottom)
            var colour = middle(.row(top, left, right))
            while bottom - top > 16, isBorder(.row(top, left, right), colour) { top += 1 }
            colour = middle(.row(bottom - 1, left, right))
            while bottom - top > 16, isBorder(.row(bottom - 1, left, right), colour) { bottom -= 1 }
            colour = middle(.column(left, top, bottom))
            while right - left > 16, isBorder(.column(left, top, bottom), colour) { left += 1 }
            colour = middle(.column(right - 1, top, bottom))
            while right - left > 16, isBorder(.column(right - 1, top, bottom), colour) { right -= 1 }
            hasChanged = before != (left, top, right, bottom)
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

/// What PDQ's 64 samples along an axis take of each pixel: its two box passes (SPEC 1.5) and its decimation
/// (SPEC 1.6) as one weighted sum a sample.
///
/// Both passes are linear, so the weights follow from the windows alone; only rounding differs. All samples have the
/// same weights but for those at an end, whose windows are cut off there.
struct PDQTents {
    /// Weights of a sample's pixels.
    struct Shape {
        /// Sum 1.
        let weights: [Double]
        /// What all weights are multiples of; nil where the window is cut off.
        let unit: Double?

        /// - Parameter phase: of the first pixel in the first one of the reduced line.
        fileprivate func reduced(by reduction: Int, phase: Int) -> Shape {
            var sums = [Double](repeating: 0, count: (phase + weights.count + reduction - 1) / reduction)
            for (pixel, weight) in weights.enumerated() { sums[(phase + pixel) / reduction] += weight }
            return Shape(weights: sums, unit: unit)
        }

        /// Whole numbers, at most 255 each and 65,000 in all, in the same proportions, exactly so where there is a
        /// unit and it is not too small.
        var integers: [UInt16] {
            let finest = min(65_000, 255 / weights.max()!)
            let scale = min(finest, unit.map { 1 / $0 } ?? finest)
            return weights.map { UInt16(($0 * scale).rounded()) }
        }
    }

    /// Of each of the 64 samples, its first pixel.
    private(set) var starts: [Int] = []
    /// Of each sample, which of the shapes it has.
    private(set) var shapeOf: [Int] = []
    private(set) var shapes: [Shape] = []

    /// - Parameter length: of the line, pixels, at least 1.
    init(length: Int) {
        let window = JaroszFilter.window(length)
        let ahead = (window + 2) / 2 - 1
        let behind = window - 1 - ahead
        (starts, shapeOf) = ([], [])
        var whole: Int?
        for position in LumaGrid.positions(in: length) {
            // Two passes of the same window.
            let (first, last) = (position - 2 * behind, position + 2 * ahead)
            if first >= 0, last < length {
                if whole == nil {
                    whole = shapes.count
                    shapes.append(Self.tent(window: window))
                }
                starts.append(first)
                shapeOf.append(whole!)
            } else {
                let (start, shape) = Self.cutOff(position, behind: behind, ahead: ahead, length: length)
                starts.append(start)
                shapeOf.append(shapes.count)
                shapes.append(shape)
            }
        }
    }

    /// The same for a line of which every pixel is the mean of `reduction` of its pixels.
    func reduced(by reduction: Int) -> PDQTents {
        guard reduction > 1 else { return self }
        var reduced = self
        (reduced.starts, reduced.shapeOf, reduced.shapes) = ([], [], [])
        // Samples of one shape differ in where they lie in the first pixel of theirs.
        var known: [Int: Int] = [:]
        for (start, shape) in zip(starts, shapeOf) {
            let phase = start % reduction
            let key = shape * reduction + phase
            if known[key] == nil {
                known[key] = reduced.shapes.count
                reduced.shapes.append(shapes[shape].reduced(by: reduction, phase: phase))
            }
            reduced.starts.append(start / reduction)
            reduced.shapeOf.append(known[key]!)
        }
        return reduced
    }

    private static func tent(window: Int) -> Shape {
        let area = Double(window * window)
        let weights = (0..<2 * window - 1).map { Double(min($0 + 1, 2 * window - 1 - $0)) / area }
        return Shape(weights: weights, unit: 1 / area)
    }

    private static func cutOff(_ position: Int, behind: Int, ahead: Int, length: Int) -> (start: Int, Shape) {
        /// The pixels that a pass averages at `position`.
        func box(_ position: Int) -> ClosedRange<Int> {
            max(0, position - behind)...min(length - 1, position + ahead)
        }
        let outer = box(position)
        let (first, last) = (box(outer.lowerBound).lowerBound, box(outer.upperBound).upperBound)
        var weights = [Double](repeating: 0, count: last - first + 1)
        for middle in outer {
            let inner = box(middle)
            for pixel in inner { weights[pixel - first] += 1 / Double(outer.count * inner.count) }
        }
        return (first, Shape(weights: weights, unit: nil))
    }
}

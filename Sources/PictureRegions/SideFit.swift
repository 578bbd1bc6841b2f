/// Moves a quadrilateral's sides to where the picture itself changes most.
struct SideFit {
    let picture: LumaPicture
    /// Pixels by which a side may be off.
    let reach: Int

    /// Places along a side that are looked at.
    private static let places = 40
    private static let leastPlaces = 8
    /// Difference across an edge, summed over three pixels.
    private static let leastStep = 12

    /// Second coordinate = start + slope * first coordinate.
    private struct Line {
        var start: Double
        var slope: Double

        func callAsFunction(_ first: Double) -> Double { start + slope * first }
    }

    /// - Parameter corners: clockwise from the top left one, pixels.
    func corners(_ c: [SIMD2<Double>]) -> [SIMD2<Double>] {
        func swapped(_ p: SIMD2<Double>) -> SIMD2<Double> { SIMD2(p.y, p.x) }
        let top = fitted(c[0], c[1], isFlat: true)
        let bottom = fitted(c[3], c[2], isFlat: true)
        let left = fitted(swapped(c[0]), swapped(c[3]), isFlat: false)
        let right = fitted(swapped(c[1]), swapped(c[2]), isFlat: false)
        func crossing(_ flat: Line, _ upright: Line) -> SIMD2<Double> {
            let y = (flat.start + flat.slope * upright.start) / (1 - flat.slope * upright.slope)
            return SIMD2(upright(y), y)
        }
        return [crossing(top, left), crossing(top, right), crossing(bottom, right), crossing(bottom, left)]
    }

    /// - Parameters:
    ///   - from: an end; of upright sides with its coordinates swapped.
    ///   - to: the other end.
    private func fitted(_ from: SIMD2<Double>, _ to: SIMD2<Double>, isFlat: Bool) -> Line {
        let slope = (to.y - from.y) / (to.x - from.x)
        let usual = Line(start: from.y - slope * from.x, slope: slope)
        let (length, limit) = isFlat ? (picture.width, picture.height) : (picture.height, picture.width)
        // Halving left out an odd last line.
        if slope == 0, from.y > Double(limit - reach) { return Line(start: Double(limit), slope: 0) }
        var points: [SIMD2<Double>] = []
        for place in 0..<Self.places {
            let at = Int(from.x + (to.x - from.x) * (Double(place) + 0.5) / Double(Self.places))
            guard at >= 1, at < length - 1,
                let edge = edge(at, near: Int(usual(Double(at) + 0.5).rounded()), limit: limit, isFlat: isFlat)
            else { continue }
            points.append(SIMD2(Double(at) + 0.5, edge))
        }
        var line = usual
        // What lies far from the line is something else.
        for tolerance in [Double(reach) + 0.5, Double(reach) / 2 + 0.5, 2, 1.5] {
            let near = points.filter { abs($0.y - line($0.x)) <= tolerance }
            guard near.count >= Self.leastPlaces else { break }
            let mean = near.reduce(.zero, +) / Double(near.count)
            let (across, both) = near.reduce((0.0, 0.0)) { sums, point in
                let d = point - mean
                return (sums.0 + d.x * d.x, sums.1 + d.x * d.y)
            }
            guard across > 0 else { break }
            line = Line(start: mean.y - both / across * mean.x, slope: both / across)
        }
        return line
    }

    /// Where the picture changes most across a side.
    ///
    /// - Parameters:
    ///   - place: column of a flat side, row of an upright one, neither the first nor the last.
    ///   - near: row of a flat side, column of an upright one.
    ///   - limit: of those.
    private func edge(_ place: Int, near: Int, limit: Int, isFlat: Bool) -> Double? {
        guard near - reach >= 1, near + reach < limit else { return nil }
        let (along, across) = isFlat ? (1, picture.width) : (picture.width, 1)
        var steps: [Int] = []
        steps.reserveCapacity(2 * reach + 1)
        for line in near - reach...near + reach {
            let at = place * along + line * across
            var step = 0
            for beside in [at - along, at, at + along] {
                step += Int(picture.pixels[beside]) - Int(picture.pixels[beside - across])
            }
            steps.append(abs(step))
        }
        let most = steps.max()!
        guard most >= Self.leastStep, let peak = steps.firstIndex(of: most) else { return nil }
        let before = peak > 0 ? steps[peak - 1] : 0
        let after = peak + 1 < steps.count ? steps[peak + 1] : 0
        return Double(near - reach + peak) + Double(after - before) / Double(before + most + after)
    }
}

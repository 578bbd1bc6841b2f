/// The weights of neighbouring pixels in one sample: two box filters in one.
struct TentWeights {
    /// The first pixel.
    let start: Int
    /// Sum 1.
    let weights: [Float]
    /// The pixel after the last.
    var end: Int { start + weights.count }

    /// - Precondition: `start <= position < end`.
    func weight(at position: Int) -> Float { weights[position - start] }

    func apply(to pixels: UnsafePointer<Float>) -> Float {
        var sum: Float = 0
        weights.withUnsafeBufferPointer { weights in
            for (i, weight) in weights.enumerated() { sum += weight * pixels[start + i] }
        }
        return sum
    }

    /// The 64 samples along a side of `length` pixels, `offset` sample distances beyond
    /// the middles of 64 equal parts.
    static func grid(length: Int, offset: Double) -> [TentWeights] {
        let distance = Double(length) / 64
        // PDQ's window is half a sample's distance, but not under one pixel.
        let reach = max(1, distance / 2)
        return (0..<64).map { i in
            TentWeights(centre: (Double(i) + 0.5 + offset) * distance, reach: reach, length: length)
        }
    }

    /// - Parameters:
    ///   - centre: in pixels; pixel p covers p to p + 1.
    ///   - reach: from the peak to where the tent meets the ground, pixels.
    ///   - length: of the line; what lies outside has no weight.
    init(centre: Double, reach: Double, length: Int) {
        /// The area under the tent left of `x`, of 1 in all.
        func area(_ x: Double) -> Double {
            let t = min(1, max(-1, (x - centre) / reach))
            return t < 0 ? (1 + t) * (1 + t) / 2 : 1 - (1 - t) * (1 - t) / 2
        }
        let first = min(length - 1, max(0, Int((centre - reach).rounded(.down))))
        let last = min(length - 1, max(first, Int((centre + reach).rounded(.up)) - 1))
        let areas = (first...last).map { area(Double($0 + 1)) - area(Double($0)) }
        let total = areas.reduce(0, +)
        start = first
        // A sample beside a very short line rests on its last pixel.
        weights = total > 0 ? areas.map { Float($0 / total) } : [1]
    }
}

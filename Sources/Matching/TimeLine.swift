/// `reference = offset + speed * item`, in milliseconds.
struct TimeLine {
    let speed: Double
    let offset: Double

    @inline(__always) init(speed: Double, through item: Double, _ reference: Double) {
        self.speed = speed
        offset = reference - speed * item
    }

    @inline(__always) func callAsFunction(_ item: Double) -> Double { offset + speed * item }

    /// When the item shows these times of the reference; nil when it stands still.
    func itemTimes(of reference: ClosedRange<Double>) -> ClosedRange<Double>? {
        guard speed != 0 else { return nil }
        let (one, other) = ((reference.lowerBound - offset) / speed, (reference.upperBound - offset) / speed)
        return min(one, other)...max(one, other)
    }

    /// Played as registered or exactly backwards.
    var isUsual: Bool { abs(speed) == 1 }

    /// The line nearest to weighted points; nil when they don't tell a speed.
    init?(through points: [(item: Double, reference: Double, weight: Double)]) {
        var (sum, item, reference) = (0.0, 0.0, 0.0)
        for point in points {
            sum += point.weight
            item += point.weight * point.item
            reference += point.weight * point.reference
        }
        guard sum > 0 else { return nil }
        (item, reference) = (item / sum, reference / sum)
        var (spread, common) = (0.0, 0.0)
        for point in points {
            spread += point.weight * (point.item - item) * (point.item - item)
            common += point.weight * (point.item - item) * (point.reference - reference)
        }
        guard spread > 0 else { return nil }
        self.init(speed: common / spread, through: item, reference)
    }
}

/// What a frame's agreement counts in the choice of a line: near hits more.
@inline(__always) func agreementWeight(_ distance: Int) -> Double { Double(max(1, 36 - distance)) }

import MediaModel

/// Where an item's frame may lie in a reference: a run of hits around the nearest one.
struct HitPeak {
    /// Middle of the frames that are about as near as the nearest, milliseconds of the reference.
    let time: Double
    let distance: Int
}

/// A hit by the numbers of both frames.
struct NumberedHit {
    let frame: Int32
    let reference: Int32
    let distance: UInt8
}

/// The hits of one orientation, by item frame and then by reference time.
struct HitTable {
    /// A frame of the item that has hits.
    struct Row {
        /// Of the item, milliseconds.
        let time: Double
        private let number: Int32
        private let first: Int32
        private let end: Int32
        private let least: UInt8

        fileprivate init(frame: Int32, time: Double, hits: Range<Int>, leastDistance: UInt8) {
            (number, self.time, least) = (frame, time, leastDistance)
            (first, end) = (Int32(hits.lowerBound), Int32(hits.upperBound))
        }

        /// Which one of the frames looked at.
        @inline(__always) var frame: Int { Int(number) }
        /// Its hits.
        @inline(__always) var hits: Range<Int> { Int(first)..<Int(end) }
        @inline(__always) var leastDistance: Int { Int(least) }
    }

    /// More would not fit into the numbers of a row.
    static let maximumHits = Int(Int32.max)

    private(set) var rows: [Row] = []
    private let reference: ReferenceTimeline
    /// Of each hit, the reference's frame by its number; they ascend within a row.
    private var moments: [Int32] = []
    private var distances: [UInt8] = []
    /// Rows from which lines are sought: the best of every fifth of a second.
    private(set) var landmarks: [Int] = []
    /// Of each landmark, nearest first.
    private(set) var peaks: [[HitPeak]] = []

    /// Hits further apart than this, in milliseconds of the reference, are in different places.
    private static let runGap = 500.0
    private static let peaksPerRow = 6
    private static let landmarkSpacing = 200.0

    /// - Parameter hits: of one orientation: frame of the item and frame of the reference by number, and distance;
    ///   sorted by frame and reference, nearest first.
    init(hits: [NumberedHit], items: [ItemFrame], reference: ReferenceTimeline) {
        self.reference = reference
        var start = 0
        for (i, hit) in hits.prefix(Self.maximumHits).enumerated() {
            if i > 0, hits[i - 1].frame == hit.frame, hits[i - 1].reference == hit.reference { continue }
            if i > 0, hits[i - 1].frame != hit.frame {
                close(start, frame: hits[i - 1].frame, items)
                start = moments.count
            }
            moments.append(hit.reference)
            distances.append(hit.distance)
        }
        if let last = hits.prefix(Self.maximumHits).last { close(start, frame: last.frame, items) }
        chooseLandmarks()
    }

    /// From when and until when a hit's reference frame stands. Both ascend within a row.
    @inline(__always) private func from(_ hit: Int) -> Double { Double(reference.times[Int(moments[hit])]) }
    @inline(__always) private func until(_ hit: Int) -> Double {
        let next = Int(moments[hit]) + 1
        return Double(next < reference.times.count ? reference.times[next] : reference.end)
    }
    @inline(__always) private func distance(_ hit: Int) -> Int { Int(distances[hit]) }

    private mutating func close(_ start: Int, frame: Int32, _ items: [ItemFrame]) {
        rows.append(
            Row(
                frame: frame, time: Double(items[Int(frame)].time), hits: start..<moments.count,
                leastDistance: distances[start...].min()!))
    }

    private mutating func chooseLandmarks() {
        var bucket = -Double.infinity
        for (i, row) in rows.enumerated() {
            if row.time - bucket < Self.landmarkSpacing, let last = landmarks.last {
                if row.leastDistance < rows[last].leastDistance { landmarks[landmarks.count - 1] = i }
            } else {
                landmarks.append(i)
                bucket = row.time
            }
        }
        peaks = landmarks.map { peaks(of: rows[$0]) }
    }

    private func peaks(of row: Row) -> [HitPeak] {
        var found: [HitPeak] = []
        var start = row.hits.lowerBound
        for i in row.hits {
            guard i + 1 == row.hits.upperBound || from(i + 1) - until(i) > Self.runGap else { continue }
            found.append(peak(of: start..<i + 1))
            start = i + 1
        }
        found.sort { $0.distance != $1.distance ? $0.distance < $1.distance : $0.time < $1.time }
        return Array(found.prefix(Self.peaksPerRow))
    }

    private func peak(of run: Range<Int>) -> HitPeak {
        let best = run.min { distance($0) < distance($1) }!
        var (low, high) = (best, best)
        while low > run.lowerBound, distance(low - 1) <= distance(best) + 1 { low -= 1 }
        while high + 1 < run.upperBound, distance(high + 1) <= distance(best) + 1 { high += 1 }
        return HitPeak(time: (from(low) + until(high)) / 2, distance: distance(best))
    }

    /// The least distance of a row's hits near a time of the reference.
    @inline(__always) func leastDistance(of row: Row, at time: Double, within tolerance: Double) -> Int? {
        var i = row.hits.lowerBound + lowerBound(row.hits.count) { until(row.hits.lowerBound + $0) < time - tolerance }
        var best = Int.max
        while i < row.hits.upperBound, from(i) <= time + tolerance {
            best = min(best, distance(i))
            i += 1
        }
        return best == .max ? nil : best
    }

    /// Which times of the reference, near the given one, are about as near as the nearest.
    func nearestTimes(of row: Row, at time: Double, within tolerance: Double) -> ClosedRange<Double>? {
        guard let least = leastDistance(of: row, at: time, within: tolerance) else { return nil }
        var (low, high) = (Double.infinity, -Double.infinity)
        let first =
            row.hits.lowerBound + lowerBound(row.hits.count) { until(row.hits.lowerBound + $0) < time - tolerance }
        for i in first..<row.hits.upperBound {
            guard from(i) <= time + tolerance else { break }
            guard distance(i) <= least + 1 else { continue }
            (low, high) = (min(low, max(from(i), time - tolerance)), max(high, min(until(i), time + tolerance)))
        }
        return low...max(low, high)
    }

    /// The nearest hit of a row, the earliest of equals: from when its reference frame stands, and its distance.
    func nearestHit(of row: Row) -> (time: Double, distance: Int) {
        let best = row.hits.min { distance($0) < distance($1) }!
        return (from(best), distance(best))
    }
}

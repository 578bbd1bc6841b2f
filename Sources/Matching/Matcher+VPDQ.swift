import HashIndex
import MediaModel

extension Matcher {
    /// Registered videos that vPDQ's rule finds in a video, as Meta's tool counts (`VPDQVariant.cpp`): no order, no time,
    /// no orientations, and distances strictly below the threshold. Degenerate frames, which no registry has, count on
    /// neither side.
    func vpdqMatches(_ video: SearchedVideo, _ rule: VPDQPolicy) -> [Match] {
        guard policy.threshold > 0 else { return [] }
        var counts: [ReferenceID: VPDQCount] = [:]
        var kept = 0
        var batch: [Hash256] = []
        func count() {
            for hit in index.search(batch, radius: policy.threshold - 1) where hit.orientation == .orig {
                guard let moment = hit.milliseconds, timelines[hit.reference] != nil else { continue }
                counts[hit.reference, default: VPDQCount()].add(kept + hit.query, moment, distance: hit.distance)
            }
            kept += batch.count
            batch.removeAll(keepingCapacity: true)
        }
        // Some at a time: a scene that stands still hits itself over and over.
        for frame in video.frames.times where frame.feature.isComparable(gate: policy.qualityGate) {
            batch.append(frame.feature.hash)
            if batch.count == 256 { count() }
        }
        count()
        return counts.keys.sorted().compactMap { reference in
            guard let caseID = cases[reference] else { return nil }
            let overlap = VPDQOverlap(
                queryMatched: counts[reference]!.matched, queryKept: kept,
                comparedMatched: counts[reference]!.moments.count, comparedKept: timelines[reference]!.times.count)
            guard rule.isMatch(overlap) else { return nil }
            return Match(
                caseID: caseID, reference: reference, evidence: .video, distance: counts[reference]!.medianDistance,
                orientation: .orig, vpdq: overlap)
        }
    }
}

/// What of an item and of one reference lies near the other.
private struct VPDQCount {
    /// Frames of the item.
    private(set) var matched = 0
    /// Of the reference.
    private(set) var moments: Set<Int32> = []
    private var last: (frame: Int, distance: Int)?
    /// How many of the item's frames are how far.
    private var distances = [Int](repeating: 0, count: 257)

    /// - Parameter frame: ascending.
    mutating func add(_ frame: Int, _ moment: Int32, distance: Int) {
        moments.insert(moment)
        if let last, last.frame == frame {
            guard distance < last.distance else { return }
            distances[last.distance] -= 1
        } else {
            matched += 1
        }
        distances[distance] += 1
        last = (frame, distance)
    }

    var medianDistance: Int {
        var left = matched / 2
        for (distance, count) in distances.enumerated() {
            if left < count { return distance }
            left -= count
        }
        return 256
    }
}

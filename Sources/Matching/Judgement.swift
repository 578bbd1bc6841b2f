import MediaModel

/// How many distinct frames are counted at most; more make nothing surer.
private let countedFrames = 16

/// Which pieces are a match, by the policy. A piece without a telling frame is nothing.
func judged(
    _ pieces: [Piece], items: [ItemFrame], reference: ReferenceTimeline, policy: AlignmentPolicy,
    isTelling: (Int) -> Bool
) -> Alignment {
    let judged = pieces.compactMap { piece -> (piece: Piece, distances: [Int], segment: Segment)? in
        let distances = distinctDistances(
            piece.agreeing, items: items, movement: policy.movement, limit: countedFrames, isTelling: isTelling)
        return distances.isEmpty ? nil : (piece, distances, segment(piece, distances, reference))
    }
    let near = judged.filter { $0.distances[0] <= policy.singleDistance }
    // Frames near enough to match alone, of whatever segment: a montage of moments has no lines.
    let scattered = distinctDistances(
        near.flatMap { $0.piece.agreeing.filter { $0.distance <= policy.singleDistance } }, items: items,
        movement: policy.movement, limit: countedFrames, isTelling: isTelling)
    let framesNear = near.reduce(0) { $0 + $1.piece.agreeing.count }
    let isAllThereIs =
        reference.duration < policy.shortReference || framesNear * 2 >= items.count
        || near.contains {
            2 * ($0.segment.reference.upperBound - $0.segment.reference.lowerBound) >= reference.duration
        }
    let singlesMatch = isAllThereIs || scattered.count >= policy.sufficientFrames

    // Any two points have a line, so where the speed was fitted, too, it takes one frame more.
    func isStrong(_ piece: Piece, _ distances: [Int]) -> Bool {
        guard let line = piece.line else { return false }
        let needed = policy.sufficientFrames + (line.isUsual ? 0 : 1)
        let isNear = distances.count >= needed - 1 && distances[needed - 2] <= policy.pairDistance
        return distances.count >= needed || isNear
    }
    // One sure segment vouches for others of the pair.
    let isSure = singlesMatch || judged.contains { isStrong($0.piece, $0.distances) }
    var (matching, weak): ([Segment], [Segment]) = ([], [])
    for (piece, distances, segment) in judged {
        let matches =
            isStrong(piece, distances) || isSure && distances[0] <= policy.singleDistance
        if matches { matching.append(segment) } else { weak.append(segment) }
    }
    return Alignment(matching: matching.sorted(by: isLonger), weak: weak.sorted(by: isLonger))
}

private func isLonger(_ a: Segment, _ b: Segment) -> Bool {
    let (aLength, bLength) = (a.item.upperBound - a.item.lowerBound, b.item.upperBound - b.item.lowerBound)
    if aLength != bLength { return aLength > bLength }
    if a.frames != b.frames { return a.frames > b.frames }
    return (a.item.lowerBound, a.reference.lowerBound) < (b.item.lowerBound, b.reference.lowerBound)
}

private func segment(_ piece: Piece, _ distinct: [Int], _ reference: ReferenceTimeline) -> Segment {
    let (first, last) = (piece.agreeing.first!.time, piece.agreeing.last!.time)
    let ends = piece.line.map { ($0(first), $0(last)) } ?? (piece.moment, piece.moment)
    let bounds = Double(reference.times.first!)...Double(reference.end)
    func within(_ time: Double) -> Int64 { Int64(min(max(time, bounds.lowerBound), bounds.upperBound).rounded()) }
    let distances = piece.agreeing.map(\.distance).sorted()
    // A frame agrees within a tolerance, and may lie beyond what the reference has.
    let shown = piece.line?.itemTimes(of: bounds) ?? first...last
    let start = min(max(first, shown.lowerBound), last)
    let end = max(min(last, shown.upperBound), start)
    return Segment(
        item: Int64(start.rounded())...Int64(end.rounded()),
        reference: within(min(ends.0, ends.1))...within(max(ends.0, ends.1)),
        speed: piece.line?.speed ?? 0, orientation: piece.orientation, frames: piece.agreeing.count,
        distinctFrames: distinct.count, medianDistance: distances[distances.count / 2], leastDistance: distances[0])
}

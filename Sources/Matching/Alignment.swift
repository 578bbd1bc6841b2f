public import MediaModel

/// What the hits of one item and one reference say.
public struct Alignment: Sendable, Hashable {
    /// Segments that are a match, longest first.
    public let matching: [Segment]
    /// Segments that are too weak to be one.
    public let weak: [Segment]
}

/// Fits lines of time through the hits of one item and one reference, and judges them.
///
/// - Parameters:
///   - hits: in any order. Those at times that are not in `items` or `reference` are ignored.
///   - items: all frames of the item that were compared, ascending. Frames of low quality, which can't hit, are left out.
///   - isTelling: whether the frame of this number is evidence; frames that are not belong to a segment, but make none.
public func alignment(
    of hits: some Sequence<FrameHit>, items: [ItemFrame], reference: ReferenceTimeline,
    policy: AlignmentPolicy = AlignmentPolicy(),
    isTelling: (Int) -> Bool = { _ in true }
) -> Alignment {
    var pieces: [Piece] = []
    var isExplained = Array(repeating: false, count: items.count)
    let tables = hitTables(of: hits, items: items, reference: reference)
    if reference.times.count > 1, items.count > 1 {
        pieces = linePieces(tables, policy: policy, isExplained: &isExplained)
    }
    pieces += stillPieces(tables, policy: policy, isExplained: isExplained)
    return judged(pieces, items: items, reference: reference, policy: policy, isTelling: isTelling)
}

/// The segments of an item that are a match, longest first; see `alignment`.
public func segments(
    of hits: [FrameHit], items: [ItemFrame], reference: ReferenceTimeline, policy: AlignmentPolicy = AlignmentPolicy()
) -> [Segment] {
    alignment(of: hits, items: items, reference: reference, policy: policy).matching
}

private func hitTables(
    of hits: some Sequence<FrameHit>, items: [ItemFrame], reference: ReferenceTimeline
) -> [(Dihedral, HitTable)] {
    // Far outside of this, times in milliseconds would lose precision.
    let usable = -(Int64(1) << 42)...(Int64(1) << 42)
    var byOrientation: [[NumberedHit]] = Array(repeating: [], count: 8)
    for hit in hits where (0...256).contains(hit.distance) {
        guard usable.contains(hit.itemTime), usable.contains(hit.referenceTime) else { continue }
        let frame = lowerBound(items.count) { items[$0].time < hit.itemTime }
        let moment = lowerBound(reference.times.count) { reference.times[$0] < hit.referenceTime }
        guard frame < items.count, items[frame].time == hit.itemTime, moment < reference.times.count,
            reference.times[moment] == hit.referenceTime
        else { continue }
        byOrientation[Int(hit.orientation.rawValue)].append(
            NumberedHit(frame: Int32(frame), reference: Int32(moment), distance: UInt8(clamping: hit.distance)))
    }
    return Dihedral.allCases.compactMap { orientation in
        var hits: [NumberedHit] = []
        swap(&hits, &byOrientation[Int(orientation.rawValue)])
        guard !hits.isEmpty else { return nil }
        hits.sort { ($0.frame, $0.reference, $0.distance) < ($1.frame, $1.reference, $1.distance) }
        return (orientation, HitTable(hits: hits, items: items, reference: reference))
    }
}

/// A segment before it is judged.
struct Piece {
    let orientation: Dihedral
    /// Nil when the item shows one moment.
    let line: TimeLine?
    /// The moment, when there is no line.
    let moment: Double
    /// At least one.
    let agreeing: [Agreement]
}

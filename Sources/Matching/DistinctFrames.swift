import MediaModel

/// An item's frame that agrees with a line.
struct Agreement {
    /// Which of the frames looked at.
    let frame: Int
    /// Of the item, milliseconds.
    let time: Double
    let distance: Int
}

/// Distances of the frames that count: each differs from all others by more than the errors of both and `movement`,
/// so that by the triangle inequality their reference frames differ, too. Nearest hits first; at most `limit`.
///
/// - Parameter isTelling: asked of a frame before it is counted.
func distinctDistances(
    _ agreeing: [Agreement], items: [ItemFrame], movement: Int, limit: Int, isTelling: (Int) -> Bool
) -> [Int] {
    let nearestFirst = agreeing.sorted { $0.distance != $1.distance ? $0.distance < $1.distance : $0.frame < $1.frame }
    var counted: [Agreement] = []
    for candidate in nearestFirst where counted.count < limit {
        let hash = items[candidate.frame].hash
        let isNew = counted.allSatisfy {
            hash.distance(to: items[$0.frame].hash) > candidate.distance + $0.distance + movement
        }
        if isNew, isTelling(candidate.frame) { counted.append(candidate) }
    }
    return counted.map(\.distance)
}

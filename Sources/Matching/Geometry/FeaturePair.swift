import HashIndex
import MediaModel

/// A local feature where it lies, in pixels.
struct PlacedFeature {
    let x: Double
    let y: Double
    let radius: Double
    /// In turns.
    let angle: Double
    let descriptor: Hash256

    init(_ feature: LocalFeature, width: Int, height: Int, isMirrored: Bool = false) {
        let x = (Double(feature.x) + 0.5) / 65536
        self.x = (isMirrored ? 1 - x : x) * Double(width)
        y = (Double(feature.y) + 0.5) / 65536 * Double(height)
        radius = Double(max(1, feature.radius)) / 65536 * Double(max(width, height))
        angle = Double(feature.angle) / 65536
        descriptor = feature.descriptor
    }
}

/// Features of an item and of a reference that look alike.
struct FeaturePair {
    let item: PlacedFeature
    let reference: PlacedFeature
    /// Of their descriptors, in bits.
    let distance: Int
}

/// Pairs of which each is the other's nearest.
func featurePairs(
    item: [PlacedFeature], reference: [PlacedFeature], maximumDistance: Int
) -> [FeaturePair] {
    var nearestOfReference = [(distance: Int, item: Int)](repeating: (257, -1), count: reference.count)
    var nearestOfItem = [(distance: Int, reference: Int)](repeating: (257, -1), count: item.count)
    let near = nearPairs(
        item.map(\.descriptor), reference.map(\.descriptor), radius: maximumDistance,
        expected: item.count * reference.count / 64)
    // Of equally near ones the first.
    for pair in near {
        if pair.distance < nearestOfItem[pair.query].distance {
            nearestOfItem[pair.query] = (pair.distance, pair.row)
        }
        if pair.distance < nearestOfReference[pair.row].distance {
            nearestOfReference[pair.row] = (pair.distance, pair.query)
        }
    }
    return item.indices.compactMap { i in
        let (distance, j) = nearestOfItem[i]
        guard j >= 0, nearestOfReference[j].item == i else { return nil }
        return FeaturePair(item: item[i], reference: reference[j], distance: distance)
    }
}

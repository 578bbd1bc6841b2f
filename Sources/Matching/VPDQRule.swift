public import MediaModel

/// Which implementation of vPDQ's rule (SPEC 2.4).
public enum VPDQVariant: String, Sendable, Hashable, CaseIterable {
    /// Meta's `match-hashes-brute`: equal frames count each, distance strictly below the tolerance.
    case cpp
    /// python-threatexchange's brute matcher: equal hashes once (the first counts), distance inclusive.
    case pythonBrute
    /// python-threatexchange's index: like `pythonBrute`, but frames of low quality go before equal hashes do.
    case pythonIndex
}

/// How much of two videos has to lie near the other, in percent, when vPDQ's rule decides.
///
/// vPDQ itself only counts. Its README asks for 80 % of the registered video, which finds a clip within a longer item;
/// python-threatexchange asks for 80 % of the item.
public struct VPDQPolicy: Sendable, Hashable {
    /// Of the item's frames.
    public var leastItemPercent: Double
    /// Of the reference's.
    public var leastReferencePercent: Double

    public init(leastItemPercent: Double = 0, leastReferencePercent: Double = 80) {
        (self.leastItemPercent, self.leastReferencePercent) = (leastItemPercent, leastReferencePercent)
    }

    /// At least one frame has to.
    func isMatch(_ overlap: VPDQOverlap) -> Bool {
        overlap.queryMatched > 0 && overlap.queryPercent >= leastItemPercent
            && overlap.comparedPercent >= leastReferencePercent
    }
}

/// vPDQ's own rule, which knows no order and no time.
///
/// - Parameters:
///   - distance: tolerance in bits, see the variant.
///   - quality: least quality of a frame.
public func vpdqOverlap(
    query: [Feature], compared: [Feature], distance: Int = 31, quality: Int = 50, variant: VPDQVariant = .cpp
) -> VPDQOverlap {
    let query = kept(query, quality: quality, variant: variant)
    let compared = kept(compared, quality: quality, variant: variant)
    let radius = variant == .cpp ? distance - 1 : distance
    return VPDQOverlap(
        queryMatched: matched(query, in: compared, radius: radius), queryKept: query.count,
        comparedMatched: matched(compared, in: query, radius: radius), comparedKept: compared.count)
}

private func kept(_ features: [Feature], quality: Int, variant: VPDQVariant) -> [Hash256] {
    func isGood(_ feature: Feature) -> Bool { feature.quality.rawValue >= quality }
    var seen: Set<Hash256> = []
    return switch variant {
    case .cpp: features.filter(isGood).map(\.hash)
    case .pythonBrute: features.filter { seen.insert($0.hash).inserted }.filter(isGood).map(\.hash)
    case .pythonIndex: features.filter(isGood).filter { seen.insert($0.hash).inserted }.map(\.hash)
    }
}

/// How many of `hashes` have one of `others` within the radius.
private func matched(_ hashes: [Hash256], in others: [Hash256], radius: Int) -> Int {
    // Neighbours in time lie near the same frame, so the search starts where the last one ended.
    var (count, last) = (0, 0)
    for hash in hashes {
        let found =
            others[last...].firstIndex { hash.distance(to: $0) <= radius }
            ?? others[..<last].firstIndex { hash.distance(to: $0) <= radius }
        if let found { (count, last) = (count + 1, found) }
    }
    return count
}

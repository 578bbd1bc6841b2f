public import MediaModel

/// What PDQ says of a picture.
public struct PDQ: Sendable {
    /// Hash, quality, and whether they mean anything.
    public let feature: Feature
    /// The wanted hashes; the first is the feature's.
    public let hashes: [OrientedHash]
    /// Of a fast hash: so many values lie at the median that rounding decides over more bits than a few, as in
    /// graphics with symmetries. Only the exact hash can be compared then.
    public let isUncertain: Bool

    /// A side under 5 pixels: the hash is zero and means nothing (SPEC 1.4).
    static func tooSmall(_ wanted: HashSet) -> PDQ {
        let zeros = Dihedral.allCases.map { OrientedHash(orientation: $0, hash: .zero) }
        return PDQ(
            feature: Feature(hash: .zero, quality: Quality(rawValue: 0), isDegenerate: true),
            hashes: wanted == .dihedral ? zeros : [zeros[0]], isUncertain: false)
    }
}

public import MediaModel

/// What PDQ says of a picture.
public struct PDQ: Sendable {
    /// Hash, quality, and whether they mean anything.
    public let feature: Feature
    /// The eight hashes, in the order of `Dihedral.allCases`, or only the first, the feature's.
    public let dihedralHashes: [Hash256]

    /// - Parameter dihedral: whether the eight hashes are wanted.
    public init(grid: LumaGrid, dihedral: Bool, kernels: Kernels = .active) {
        let block = DCTBlock(of: grid, kernels: kernels)
        dihedralHashes = dihedral ? block.dihedralHashes : [block.hash]
        feature = Feature(hash: dihedralHashes[0], quality: grid.quality, isDegenerate: block.isDegenerate)
    }

    /// A side under 5 pixels: the hash is zero and means nothing (SPEC 1.4).
    static func tooSmall(dihedral: Bool) -> PDQ {
        PDQ(
            feature: Feature(hash: .zero, quality: Quality(rawValue: 0), isDegenerate: true),
            dihedralHashes: Array(repeating: .zero, count: dihedral ? 8 : 1))
    }

    private init(feature: Feature, dihedralHashes: [Hash256]) {
        (self.feature, self.dihedralHashes) = (feature, dihedralHashes)
    }
}

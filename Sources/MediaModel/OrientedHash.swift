/// A hash of a turned form of a picture.
public struct OrientedHash: Sendable, Hashable {
    public let orientation: Dihedral
    public let hash: Hash256

    public init(orientation: Dihedral, hash: Hash256) { (self.orientation, self.hash) = (orientation, hash) }
}

/// Which hashes of a picture are wanted. The first is always its own.
public enum HashSet: UInt8, Sendable, Hashable, CaseIterable {
    /// One: what an item is looked up by.
    case single
    /// Eight, from one DCT, in the order of `Dihedral.allCases`: what tools exchange.
    case dihedral
    /// What a reference answers to: every orientation in several alignments, see `ReferenceLattice`.
    case reference
}

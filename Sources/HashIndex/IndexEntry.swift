public import MediaModel

/// A hash that items are compared with.
public struct IndexEntry: Sendable, Hashable {
    public let hash: Hash256
    public let reference: ReferenceID
    /// The turned form of the reference that the hash is of.
    public let orientation: Dihedral

    public init(hash: Hash256, reference: ReferenceID, orientation: Dihedral) {
        (self.hash, self.reference, self.orientation) = (hash, reference, orientation)
    }
}

/// An entry within the radius of a query.
public struct IndexHit: Sendable, Hashable {
    /// Which query of the batch.
    public let query: Int
    public let reference: ReferenceID
    public let orientation: Dihedral
    /// Hamming distance in bits, 0...radius.
    public let distance: Int

    public init(query: Int, reference: ReferenceID, orientation: Dihedral, distance: Int) {
        (self.query, self.reference, self.orientation, self.distance) = (query, reference, orientation, distance)
    }
}

public import MediaModel

/// A hash that items are compared with.
public struct IndexEntry: Sendable, Hashable {
    public let hash: Hash256
    public let reference: ReferenceID
    /// The turned form of the reference that the hash is of.
    public let orientation: Dihedral
    /// Of a video's frame, when it is shown, from the start; nil for a picture.
    public let milliseconds: Int32?

    public init(hash: Hash256, reference: ReferenceID, orientation: Dihedral, milliseconds: Int32? = nil) {
        (self.hash, self.reference, self.orientation) = (hash, reference, orientation)
        self.milliseconds = milliseconds
    }
}

/// An entry within the radius of a query.
public struct IndexHit: Sendable, Hashable {
    /// Which query of the batch.
    public let query: Int
    public let reference: ReferenceID
    public let orientation: Dihedral
    /// Of a video's frame; nil for a picture.
    public let milliseconds: Int32?
    /// Hamming distance in bits, 0...radius.
    public let distance: Int

    public init(query: Int, reference: ReferenceID, orientation: Dihedral, milliseconds: Int32? = nil, distance: Int) {
        (self.query, self.reference, self.orientation) = (query, reference, orientation)
        (self.milliseconds, self.distance) = (milliseconds, distance)
    }
}

public import MediaModel

/// What an index file was made of: which registry, and what state of it.
public struct IndexStamp: Sendable, Hashable {
    /// Of the registry, 16 bytes.
    public let registry: [UInt8]
    /// How often the registry had been changed.
    public let generation: Int64

    /// - Precondition: `registry` has 16 bytes.
    public init(registry: [UInt8], generation: Int64) {
        precondition(registry.count == 16)
        (self.registry, self.generation) = (registry, generation)
    }
}

/// A reference in an index file.
public struct StoredReference: Sendable, Hashable {
    public let id: ReferenceID
    /// The checksum of its row in the registry: tells that it is still the same.
    public let check: Int64
    /// Its entries.
    public let rows: Range<Int>

    package init(id: ReferenceID, check: Int64, rows: Range<Int>) {
        (self.id, self.check, self.rows) = (id, check, rows)
    }
}

/// An entry of an index file.
public struct StoredEntry: Sendable, Hashable {
    public let hash: Hash256
    public let orientation: Dihedral
    /// Of a video's frame; nil for a picture.
    public let milliseconds: Int32?
    /// Nil when it is not known: then it is never found.
    public let quality: Quality?

    public init(hash: Hash256, orientation: Dihedral, milliseconds: Int32? = nil, quality: Quality?) {
        (self.hash, self.orientation, self.milliseconds, self.quality) = (hash, orientation, milliseconds, quality)
    }
}

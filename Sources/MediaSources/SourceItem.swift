public import MediaModel

/// Something that a source came upon.
public struct SourceItem: Sendable, Hashable {
    public let provenance: Provenance
    /// Why it can't be opened; nil for a file that can be tried.
    public let failure: ItemFailure?
    /// Whether files beside it may tell more of it.
    public let mayHaveSidecar: Bool
    /// An archive's member; nil for a file of its own.
    public let member: ArchiveMember?
    /// Of an archive, the members that are wanted; nil for all.
    public let wanted: WantedMembers?
    /// The end of an archive, after its members.
    public let archive: ArchiveEnd?

    public struct ArchiveEnd: Sendable, Hashable {
        /// Nil when it could not be read to its end, and then there is a failure.
        public let facts: ArchiveFacts?
        public let byteCount: Int64

        public init(facts: ArchiveFacts?, byteCount: Int64) { (self.facts, self.byteCount) = (facts, byteCount) }
    }

    public init(
        provenance: Provenance, failure: ItemFailure? = nil, mayHaveSidecar: Bool = false,
        member: ArchiveMember? = nil, wanted: WantedMembers? = nil, archive: ArchiveEnd? = nil
    ) {
        self.wanted = wanted
        (self.provenance, self.failure, self.mayHaveSidecar) = (provenance, failure, mayHaveSidecar)
        (self.member, self.archive) = (member, archive)
    }
}

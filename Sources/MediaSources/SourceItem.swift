public import MediaModel

/// Something that a source came upon.
public struct SourceItem: Sendable, Hashable {
    public let provenance: Provenance
    /// Why it can't be opened; nil for a file that can be tried.
    public let failure: ItemFailure?
    /// Whether files beside it may tell more of it.
    public let mayHaveSidecar: Bool

    public init(provenance: Provenance, failure: ItemFailure? = nil, mayHaveSidecar: Bool = false) {
        (self.provenance, self.failure, self.mayHaveSidecar) = (provenance, failure, mayHaveSidecar)
    }
}

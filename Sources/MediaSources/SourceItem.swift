public import MediaModel

/// Something that a source came upon.
public struct SourceItem: Sendable, Hashable {
    public let provenance: Provenance
    /// Why it can't be opened; nil for a file that can be tried.
    public let failure: ItemFailure?

    public init(provenance: Provenance, failure: ItemFailure? = nil) {
        (self.provenance, self.failure) = (provenance, failure)
    }
}

/// What matching has to know of a reference beside its hashes.
public struct RegisteredReference: Sendable, Hashable {
    public let id: ReferenceID
    public let caseID: CaseID
    /// Of the file that was registered.
    public let sha256: SHA256Digest

    public init(id: ReferenceID, caseID: CaseID, sha256: SHA256Digest) {
        (self.id, self.caseID, self.sha256) = (id, caseID, sha256)
    }
}

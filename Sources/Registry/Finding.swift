public import MediaModel

/// What became of a place where a reference was found.
public enum FindingState: String, Sendable, Hashable, CaseIterable {
    /// A scan says so; nobody has looked.
    case found
    /// A person looked: it shows the reference.
    case confirmed
    /// A person looked: it does not. The same bytes are never reported for this reference again.
    case notAMatch = "not-a-match"
    /// The host was asked to remove it.
    case requested
    /// It is gone.
    case removed
    /// It was removed, and a later scan found it again.
    case back
}

/// A place where a case's references were found: one URL or path.
public struct Finding: Sendable, Hashable {
    /// Its number in the registry.
    public let id: Int64
    public let caseID: CaseID
    /// URL, or absolute path.
    public let place: String
    /// Of the URL; empty for a path.
    public let host: String
    /// When it was first seen; ISO 8601, UTC.
    public let found: String
    public let state: FindingState
    /// Of the state; ISO 8601, UTC.
    public let time: String
    public let note: String?
    public let pairs: [FoundPair]
}

/// One thing that happened to a finding.
public struct JournalEntry: Sendable, Hashable {
    public let state: FindingState
    /// ISO 8601, UTC.
    public let time: String
    public let note: String?
}

/// Which bytes showed which reference at a place.
public struct FoundPair: Sendable, Hashable {
    public let sha256: SHA256Digest
    public let reference: ReferenceID
    public let distance: Int
    /// `MatchEvidence`, as records have it.
    public let evidence: String

    public init(sha256: SHA256Digest, reference: ReferenceID, distance: Int, evidence: String) {
        (self.sha256, self.reference) = (sha256, reference)
        (self.distance, self.evidence) = (distance, evidence)
    }
}

/// A match as it comes from a scan's records.
public struct NewFinding: Sendable, Hashable {
    public let caseID: CaseID
    public let place: String
    public let host: String
    public let pair: FoundPair
    /// When the item was seen there; ISO 8601, UTC.
    public let seen: String

    public init(caseID: CaseID, place: String, host: String, pair: FoundPair, seen: String) {
        (self.caseID, self.place, self.host) = (caseID, place, host)
        (self.pair, self.seen) = (pair, seen)
    }
}

/// What came of a new finding.
public enum FindingUpdate: Sendable, Hashable {
    case new
    /// Removed before, and there again.
    case back
    /// Known, with other bytes or, when a person has decided, another reference: to be looked at again.
    case changed
    /// Another reference in the bytes of a finding that nobody has decided about.
    case further
    case known
    /// A person called it no match.
    case suppressed
    /// It was seen before it was removed.
    case seenBeforeRemoval
    /// The registry does not have the case, or the reference is not the case's.
    case unknown
}

/// Something that happened to a case.
public struct CaseEvent: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case opened, closed, note }
    public let kind: Kind
    /// ISO 8601, UTC.
    public let time: String
    public let note: String?
}

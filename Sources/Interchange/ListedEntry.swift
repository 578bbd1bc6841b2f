public import MediaModel

/// What a list of another tool or of an exchange says of one of its entries.
public struct ListedEntry: Sendable, Hashable {
    /// By what it is found.
    public enum Signal: Sendable, Hashable {
        case pdq(Hash256, Quality?)
        case digest(ListedDigest)
        /// In order of their time.
        case video([FrameFeature])
        /// Of a kind that is not compared: a URL, a text, another hash.
        case foreign
    }

    public var signals: [Signal] = []
    /// What the list calls it, where that is not what it is found by.
    public var key = ""
    public var label: String?
    public var opinion: ListedOpinion?
    public var tags: [String] = []
    public var isWithdrawn = false

    public init() {}
}

/// What those who share a list think of an entry, taken together as python-threatexchange does.
public enum ListedOpinion: String, Sendable, Hashable, CaseIterable {
    /// Somebody says that it shows what the list is about, nobody that it doesn't.
    case positive
    /// Nobody has confirmed or denied it.
    case unconfirmed
    case disputed
    /// A false positive, or an example.
    case negative

    /// Nil of no opinions.
    public init?(together opinions: [ListedOpinion]) {
        guard let first = opinions.first else { return nil }
        self = opinions.dropFirst().reduce(first) { a, b in
            if a == b { return a }
            if [a, b].contains(.disputed) || [a, b].contains(.negative) { return .disputed }
            return .positive
        }
    }

    /// As python-threatexchange calls it.
    public var category: String {
        switch self {
        case .positive: "POSITIVE_CLASS"
        case .unconfirmed: "INVESTIGATION_SEED"
        case .disputed: "DISPUTED"
        case .negative: "NEGATIVE_CLASS"
        }
    }

    /// By its own name or python-threatexchange's.
    init?(named name: String) {
        let found = Self.allCases.first { $0.rawValue == name.lowercased() || $0.category == name.uppercased() }
        guard let found else { return nil }
        self = found
    }
}

/// Why a whole list can't be read: a sentence without its end, after "Line 7 ".
public struct ListProblem: Error, Hashable, Sendable {
    public let line: Int
    public let text: String
}

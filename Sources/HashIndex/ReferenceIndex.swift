public import MediaModel

/// The index that fits the number of entries; both kinds find the same.
public enum ReferenceIndex: Sendable {
    case flat(FlatIndex)
    case multi(MultiIndex)

    /// Entries from which on visiting buckets costs less than comparing with every row.
    private static let flatLimit = 4096

    /// - Parameter radius: the largest that will be searched.
    public init(entries: [IndexEntry], radius: Int) {
        // Beyond this radius a look-up visits more buckets than there are rows in most sets.
        self =
            entries.count > Self.flatLimit && radius <= 47
            ? .multi(MultiIndex(entries: entries)) : .flat(FlatIndex(entries: entries))
    }

    /// Every entry within `radius` bits (inclusive) of each query: by query, then in the order of the entries.
    public func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        switch self {
        case .flat(let index): index.search(queries, radius: radius)
        case .multi(let index): index.search(queries, radius: radius)
        }
    }
}

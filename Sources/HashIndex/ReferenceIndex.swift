public import MediaModel

/// The index that fits the number of entries, or a file; all kinds find the same.
public enum ReferenceIndex: Sendable {
    case flat(FlatIndex)
    case multi(MultiIndex)
    case stored(StoredIndex)

    /// Entries from which on a file pays.
    public static let fileLimit = 4096

    /// - Parameters:
    ///   - radius: the largest that will be searched.
    ///   - kind: nil for what `ANSIM_INDEX` asks for, else for what costs less.
    public init(entries: [IndexEntry], radius: Int, kind: IndexKind? = nil) {
        switch kind ?? (try? IndexKind.requested()) ?? .fitting(entries: entries.count, radius: radius) {
        case .multi: self = .multi(MultiIndex(entries: entries))
        case .flat: self = .flat(FlatIndex(entries: entries))
        }
    }

    /// Every entry within `radius` bits (inclusive) of each query: by query; a reference's entries in their order.
    public func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        switch self {
        case .flat(let index): index.search(queries, radius: radius)
        case .multi(let index): index.search(queries, radius: radius)
        case .stored(let index): index.search(queries, radius: radius)
        }
    }

    /// Of a video, the hashes of its frames as they are: all, or so many evenly picked ones, by time.
    ///
    /// - Parameter gate: frames of lower quality are passed over, where the index has them.
    public func frames(of reference: ReferenceID, gate: Quality, atMost limit: Int) -> [Hash256] {
        switch self {
        case .flat(let index): index.frames(of: reference, atMost: limit)
        case .multi(let index): index.frames(of: reference, atMost: limit)
        case .stored(let index): index.frames(of: reference, gate: gate, atMost: limit)
        }
    }

    /// Why nothing can be searched any more: what was found before stands, what comes after must not be relied on.
    public var failure: (any Error)? {
        if case .stored(let index) = self { return index.failure }
        return nil
    }
}

extension Array {
    /// All, or so many of them, evenly picked.
    func evenlyPicked(_ limit: Int) -> [Element] {
        count <= limit ? self : (0..<limit).map { self[$0 * count / limit] }
    }
}

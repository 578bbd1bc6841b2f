import Glibc

/// An index in memory; both kinds find the same.
public enum IndexKind: String, Sendable, Hashable, CaseIterable {
    /// Every row is compared.
    case flat
    /// Buckets are visited.
    case multi

    /// What costs less for so many entries.
    ///
    /// - Parameter radius: the largest that will be searched; beyond 64 there is the flat index only.
    public static func fitting(entries: Int, radius: Int) -> IndexKind {
        guard radius <= ProbePlan.maximumRadius, entries > 0 else { return .flat }
        let flat = SearchCost(flat: entries).nanoseconds(.flat)
        return SearchCost(multi: entries, radius: radius).nanoseconds(.multi) < flat ? .multi : .flat
    }

    /// The kind that `ANSIM_INDEX` asks for, whatever it costs; nil when it is unset.
    ///
    /// - Throws: when it names none.
    public static func requested() throws(IndexKindError) -> IndexKind? {
        guard let text = getenv("ANSIM_INDEX") else { return nil }
        guard let kind = IndexKind(rawValue: String(cString: text)) else { throw IndexKindError() }
        return kind
    }
}

/// `ANSIM_INDEX` asks for an index that there is not.
public struct IndexKindError: Error, CustomStringConvertible {
    public let description = "ANSIM_INDEX is neither flat nor multi; unset it to have what costs least."
}

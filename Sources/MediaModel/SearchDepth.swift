/// How far a search goes beyond the whole picture, and how much of a reference is kept for it.
public enum SearchDepth: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// The whole picture, in eight orientations.
    case quick
    /// Also parts of the picture that may be a picture of their own, and crops of the references.
    case regions
    /// Also local features: tilted, overlaid, small in something else.
    case full

    /// As an argument of `--depth`.
    public var name: String { "\(self)" }

    /// What a reference keeps to be found at this depth, as an argument of `--keep`.
    public var kept: String {
        switch self {
        case .quick: "plain"
        case .regions: "crops"
        case .full: "full"
        }
    }

    public static func < (a: SearchDepth, b: SearchDepth) -> Bool { a.rawValue < b.rawValue }
}

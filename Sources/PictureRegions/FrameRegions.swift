public import MediaModel

/// Regions of a video's frames. What surrounds a video stays where it is, so a window that was found in one frame is
/// hashed in those after it, too, and new ones are sought only where the picture changes.
public struct FrameRegions: Sendable {
    private struct Tracked {
        let window: PictureWindow
        let kind: RegionHash.Kind
        /// In how many frames it was found.
        var sightings = 1
    }

    private var tracked: [Tracked] = []
    private var searches = 0
    private var lastSearched: Hash256?

    public init() {}

    /// Windows that are hashed at most.
    public static let maximumCount = 16
    /// The first frames that are searched in any case.
    private static let firstSearches = 3
    /// Bits by which a frame has to differ from the last one that was searched.
    private static let changedDistance = 40
    /// Windows that share more of their area are one: their hashes lie within the threshold.
    private static let sameOverlap = 0.98

    /// - Parameters:
    ///   - hash: of the whole frame.
    ///   - gate: least quality.
    public mutating func hashes(of picture: LumaPicture, hash: Hash256, gate: Quality) -> [RegionHash] {
        if searches < Self.firstSearches || lastSearched!.distance(to: hash) > Self.changedDistance {
            search(picture)
            lastSearched = hash
            searches += 1
        }
        guard !tracked.isEmpty else { return [] }
        let hasher = WindowHasher(picture)
        return tracked.flatMap { hasher.hashes(of: $0.window, $0.kind, gate: gate) }
    }

    private mutating func search(_ picture: LumaPicture) {
        for (window, kind) in itemWindows(picture) where kind == .bordered || kind == .edged {
            guard window.overlap(with: .whole) < Self.sameOverlap else { continue }
            if let known = tracked.firstIndex(where: { $0.window.overlap(with: window) > Self.sameOverlap }) {
                tracked[known].sightings += 1
            } else {
                tracked.append(Tracked(window: window, kind: kind))
            }
        }
        // Of those seen as often the newer ones stay: they are of what is shown now.
        while tracked.count > Self.maximumCount {
            let least = tracked.map(\.sightings).min()!
            tracked.remove(at: tracked.firstIndex { $0.sightings == least }!)
        }
    }
}

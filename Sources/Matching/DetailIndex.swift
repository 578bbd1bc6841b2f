import HashIndex
public import MediaModel

/// What references are found by beside their hashes.
public struct DetailIndex: Sendable {
    /// Of crops, whose number in `windows` stands for the time of a frame.
    let crops: ReferenceIndex?
    let windows: [ReferenceID: [PictureWindow]]

    /// - Parameter depth: what only a deeper search needs is left out.
    public init(_ details: [ReferenceID: PictureDetails], depth: SearchDepth, policy: RegionPolicy = RegionPolicy()) {
        guard depth > .quick else {
            (crops, windows) = (nil, [:])
            return
        }
        windows = details.mapValues { $0.hashes.map(\.window) }
        var entries: [IndexEntry] = []
        for (reference, details) in details.sorted(by: { $0.key < $1.key }) {
            for (number, entry) in details.hashes.enumerated() {
                entries.append(
                    IndexEntry(
                        hash: entry.hash, reference: reference, orientation: entry.orientation,
                        milliseconds: Int32(number)))
            }
        }
        crops = ReferenceIndex(entries: entries, radius: policy.threshold)
    }
}

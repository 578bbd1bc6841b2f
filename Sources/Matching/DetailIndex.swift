import HashIndex
public import MediaModel

/// What references are found by beside their hashes.
public struct DetailIndex: Sendable {
    /// Of crops, whose number in `windows` stands for the time of a frame.
    let crops: ReferenceIndex?
    let windows: [ReferenceID: [PictureWindow]]
    /// Of descriptors, those of mirrored pictures as `flipy`, with the feature's number for a frame's time; nil when they
    /// are not searched.
    let features: ReferenceIndex?
    let all: [ReferenceID: PictureDetails]

    /// - Parameter depth: what only a deeper search needs is left out.
    public init(_ details: [ReferenceID: PictureDetails], depth: SearchDepth, policy: RegionPolicy = RegionPolicy()) {
        guard depth > .quick else {
            (crops, windows, features, all) = (nil, [:], nil, [:])
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
        all = depth == .full ? details : [:]
        features = depth == .full ? Self.featureIndex(details, radius: policy.featureThreshold) : nil
    }

    private static func featureIndex(_ details: [ReferenceID: PictureDetails], radius: Int) -> ReferenceIndex {
        var entries: [IndexEntry] = []
        for (reference, details) in details.sorted(by: { $0.key < $1.key }) {
            for (number, feature) in details.features.enumerated() {
                for (turned, turn) in [(feature, Dihedral.orig), (feature.mirrored, .flipy)] {
                    entries.append(
                        IndexEntry(
                            hash: turned.descriptor, reference: reference, orientation: turn,
                            milliseconds: Int32(number)))
                }
            }
        }
        return ReferenceIndex(entries: entries, radius: radius)
    }
}

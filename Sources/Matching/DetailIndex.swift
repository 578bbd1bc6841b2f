import HashIndex
public import MediaModel

/// What references are found by beside their hashes.
///
/// Entries of its indexes name a picture by its number in `all` instead of a reference, and what of it by a number
/// instead of a frame's time.
public struct DetailIndex: Sendable {
    /// Of crops; nil when they are not searched.
    let crops: ReferenceIndex?
    /// Of local features' descriptors; nil when they are not searched. Mirrored pictures are found by an item's mirrored
    /// descriptors: a reference's would take as much memory again.
    let features: ReferenceIndex?
    let all: [DetailedPicture]
    /// Numbers of registered pictures.
    let ofPicture: [ReferenceID: Int]

    /// - Parameter depth: what only a deeper search needs is left out.
    public init(_ details: [DetailedPicture], depth: SearchDepth, policy: RegionPolicy = RegionPolicy()) {
        guard depth > .quick else {
            (crops, features, all, ofPicture) = (nil, nil, [], [:])
            return
        }
        all = details
        crops = Self.index(details, radius: policy.threshold) { $0.hashes.map { ($0.hash, $0.orientation) } }
        features =
            depth == .full
            ? Self.index(details, radius: policy.featureThreshold) { $0.features.map { ($0.descriptor, .orig) } } : nil
        let pictures = details.enumerated().filter { $0.element.milliseconds == nil }
        ofPicture = Dictionary(pictures.map { ($0.element.reference, $0.offset) }) { first, _ in first }
    }

    private static func index(
        _ pictures: [DetailedPicture], radius: Int, _ hashes: (PictureDetails) -> [(Hash256, Dihedral)]
    ) -> ReferenceIndex {
        var entries: [IndexEntry] = []
        for (picture, detailed) in pictures.enumerated() {
            for (number, (hash, orientation)) in hashes(detailed.details).enumerated() {
                entries.append(
                    IndexEntry(
                        hash: hash, reference: ReferenceID(rawValue: Int64(picture)), orientation: orientation,
                        milliseconds: Int32(number)))
            }
        }
        return ReferenceIndex(entries: entries, radius: radius)
    }
}

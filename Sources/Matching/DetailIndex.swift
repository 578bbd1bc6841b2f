public import HashIndex
public import MediaModel

/// What references are found by beside their hashes.
///
/// Every picture has a number: first those in memory, then those of a file.
public struct DetailIndex: Sendable {
    let depth: SearchDepth
    /// Of crops; nil when there are none in memory. As in `features`, an entry has a picture's number instead of a
    /// reference, and what of it by a number instead of a frame's time.
    private let crops: ReferenceIndex?
    /// Of local features' descriptors. Mirrored pictures are found by an item's mirrored descriptors: a reference's would
    /// take as much memory again.
    private let features: ReferenceIndex?
    private let all: [DetailedPicture]
    /// Numbers of registered pictures.
    private let ofPicture: [ReferenceID: Int]
    private let stored: StoredDetails?

    /// - Parameters:
    ///   - details: those in memory.
    ///   - stored: those of a file.
    ///   - depth: what only a deeper search needs is left out.
    public init(
        _ details: [DetailedPicture], stored: StoredDetails? = nil, depth: SearchDepth,
        policy: RegionPolicy = RegionPolicy()
    ) {
        self.depth = depth
        guard depth > .quick else {
            (crops, features, all, ofPicture, self.stored) = (nil, nil, [], [:], nil)
            return
        }
        (all, self.stored) = (details, stored)
        crops =
            details.isEmpty
            ? nil : Self.index(details, radius: policy.threshold) { $0.hashes.map { ($0.hash, $0.orientation) } }
        features =
            depth == .full && !details.isEmpty
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

    func number(ofPicture reference: ReferenceID) -> Int? {
        ofPicture[reference] ?? stored?.number(ofPicture: reference).map { all.count + $0 }
    }

    func reference(of number: Int) -> ReferenceID {
        number < all.count ? all[number].reference : stored!.pictures[number - all.count].reference
    }

    /// Nil when it is gone meanwhile.
    func picture(_ number: Int) -> DetailedPicture? {
        if number < all.count { return all[number] }
        guard let stored, let details = stored.details(number - all.count) else { return nil }
        let picture = stored.pictures[number - all.count]
        return DetailedPicture(
            reference: picture.reference, milliseconds: picture.milliseconds, details: details)
    }

    /// A crop near a hash.
    struct CropHit {
        /// Which query.
        let query: Int
        let reference: ReferenceID
        let crop: RegionHash
        let distance: Int
    }

    /// Every crop in memory within `radius` bits of each hash, and nearly every one of the file.
    func crops(near hashes: [Hash256], radius: Int) -> [CropHit] {
        var found: [CropHit] = []
        for hit in crops?.search(hashes, radius: radius) ?? [] {
            guard let number = hit.milliseconds else { continue }
            let shown = all[Int(hit.reference.rawValue)]
            found.append(
                CropHit(
                    query: hit.query, reference: shown.reference, crop: shown.details.hashes[Int(number)],
                    distance: hit.distance))
        }
        guard let stored else { return found }
        for number in stored.pictures(nearCrops: hashes) {
            for crop in stored.details(number)?.hashes ?? [] {
                for (query, hash) in hashes.enumerated() {
                    let distance = hash.distance(to: crop.hash)
                    guard distance <= radius else { continue }
                    found.append(
                        CropHit(
                            query: query, reference: stored.pictures[number].reference, crop: crop, distance: distance))
                }
            }
        }
        return found
    }

    /// A reference's feature near a descriptor.
    struct FeatureHit {
        /// Which query.
        let query: Int
        /// Of the picture.
        let picture: Int
        /// As in `LocalFeature`.
        let angle: UInt16
        let radius: UInt16
    }

    /// Every feature in memory within `radius` bits of each descriptor, and most of those of the file's likeliest pictures; by
    /// query.
    ///
    /// - Parameter likeliest: those pictures, by what the file tells roughly.
    func features(
        near descriptors: [Hash256], radius: Int, likeliest: ([FeatureHit]) -> Set<Int>
    ) -> [FeatureHit] {
        guard depth == .full else { return [] }
        var found: [FeatureHit] = []
        for hit in features?.search(descriptors, radius: radius) ?? [] {
            guard let place = hit.milliseconds else { continue }
            let picture = Int(hit.reference.rawValue)
            let feature = all[picture].details.features[Int(place)]
            found.append(
                FeatureHit(query: hit.query, picture: picture, angle: feature.angle, radius: feature.radius))
        }
        guard let stored else { return found }
        let rough = stored.features(near: descriptors)
        let likely = likeliest(
            rough.map {
                FeatureHit(query: $0.query, picture: all.count + $0.number, angle: $0.angle, radius: $0.radius)
            })
        for (number, hits) in Dictionary(grouping: rough, by: \.number) where likely.contains(all.count + number) {
            guard let details = stored.details(number) else { continue }
            for (query, feature) in stored.features(of: hits, in: details)
            where feature.descriptor.distance(to: descriptors[query]) <= radius {
                found.append(
                    FeatureHit(
                        query: query, picture: all.count + number, angle: feature.angle, radius: feature.radius))
            }
        }
        return found.sorted {
            ($0.query, $0.picture, $0.angle, $0.radius) < ($1.query, $1.picture, $1.angle, $1.radius)
        }
    }

    /// Why nothing can be searched any more; nil while all is well.
    public var failure: (any Error)? { stored?.failure }
}

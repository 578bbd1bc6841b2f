public import MediaModel

/// A local feature of a stored picture that lies near one of an item, as far as the file tells.
public struct StoredFeatureHit: Sendable {
    /// Which query.
    public let query: Int
    /// Of the picture.
    public let number: Int
    fileprivate let posting: FeaturePosting

    /// As in `LocalFeature`, roughly.
    public var angle: UInt16 { posting.angle }
    public var radius: UInt16 { posting.radius }
}

extension StoredDetails {
    /// Bits by which the bucket may differ, and bucket and signature together, when two postings of a picture are near, and
    /// when one is: a hash within 31 of 256 bits differs in some 7 of these 60 or fewer.
    private static let cropFlips = 2
    private static let cropRadius = 9
    private static let loneCropRadius = 6
    /// The same of the 114 bits of a feature, of which a descriptor within 31 of 256 differs in some 14.
    /// Few buckets can all be visited that differ in two bits.
    private static func featureFlips(_ bucketBits: Int) -> Int { bucketBits <= 15 ? 2 : 1 }
    private static let featureRadius = 14
    /// A feature that more references have says little of any.
    private static let commonFeature = 100
    /// Pictures that are looked at for their crops: those that are very near, and so many of the others, the nearest.
    private static let maximumPictures = 6
    private static let maximumSurePictures = 64

    /// Pictures that may have a crop near one of the hashes, the likelier first.
    public func pictures(nearCrops hashes: [Hash256]) -> [Int] {
        struct Tally {
            var count = 0
            var best = Int.max
        }
        return searching { source throws(IndexFileError) in
            var tallies: [Int: Tally] = [:]
            var scratch = SearchScratch()
            let crops = source.file.crops
            for hash in hashes {
                let hits = try crops.search(
                    SampledCode(hash), flips: Self.cropFlips, radius: Self.cropRadius, &scratch)
                for hit in hits {
                    let number = Int(source.numbers[hit.posting.picture])
                    guard number >= 0 else { continue }
                    tallies[number, default: Tally()].count += 1
                    tallies[number]!.best = min(tallies[number]!.best, hit.distance)
                }
            }
            let near = tallies.filter { $0.value.count > 1 || $0.value.best <= Self.loneCropRadius }
                .sorted { ($0.value.best, -$0.value.count, $0.key) < ($1.value.best, -$1.value.count, $1.key) }
            let sure = near.prefix { $0.value.best <= Self.loneCropRadius }.count
            return near.prefix(max(Self.maximumPictures, min(sure, Self.maximumSurePictures))).map(\.key)
        }
    }

    /// Features that may lie near each of the descriptors, by query.
    public func features(near descriptors: [Hash256]) -> [StoredFeatureHit] {
        searching { source throws(IndexFileError) in
            var found: [StoredFeatureHit] = []
            var scratch = SearchScratch()
            let features = source.file.features
            let flips = Self.featureFlips(features.layout.bucketBits)
            for (query, descriptor) in descriptors.enumerated() {
                var own: [StoredFeatureHit] = []
                for hit in try features.search(
                    SampledCode(descriptor), flips: flips, radius: Self.featureRadius, &scratch)
                {
                    let number = Int(source.numbers[hit.posting.picture])
                    guard number >= 0 else { continue }
                    own.append(StoredFeatureHit(query: query, number: number, posting: hit.posting))
                }
                guard own.count <= Self.commonFeature || !isCommon(own) else { continue }
                found += own
            }
            return found
        }
    }

    private func isCommon(_ hits: [StoredFeatureHit]) -> Bool {
        Set(hits.map { pictures[$0.number].reference }).count > Self.commonFeature
    }

    /// The features of a picture that may be meant by a hit, as they are.
    public func features(of hits: [StoredFeatureHit], in picture: PictureDetails) -> [(query: Int, LocalFeature)] {
        guard !hits.isEmpty else { return [] }
        let known = picture.features.prefix(DetailsFileBuilder.featureCount)
        // Whatever number the picture has in the file.
        let postings = known.map { FeaturePosting(SampledCode($0.descriptor), $0, picture: hits[0].posting.picture) }
        return hits.flatMap { hit in zip(known, postings).filter { $1 == hit.posting }.map { (hit.query, $0.0) } }
    }
}

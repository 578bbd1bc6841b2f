public import HashIndex
public import MediaModel

/// Features and bytes of an item x the registered references -> matches.
public struct Matcher: Sendable {
    public let policy: MatchingPolicy
    let index: ReferenceIndex
    let cases: [ReferenceID: CaseID]
    /// Of registered videos.
    let timelines: [ReferenceID: ReferenceTimeline]
    /// Of registered pictures and videos, pixels.
    let sizes: [ReferenceID: (width: Int, height: Int)]
    let details: DetailIndex
    let regionPolicy: RegionPolicy
    /// Nil where no frame is common.
    let commonFrames: CommonFrames?
    private let byDigest: [SHA256Digest: [ReferenceID]]
    /// Of references of which lists have no more.
    private let byListedDigest: [ListedDigest: [ReferenceID]]

    /// Whether items' MD5 and SHA-1 are wanted.
    public let searchesDigests: Bool

    /// - Parameters:
    ///   - index: hashes of references of sufficient quality.
    ///   - references: all of them, those without a hash too.
    ///   - details: what pictures' parts are compared with; none when they are not.
    ///   - commonFrames: of all that is registered, when `references` are not all; else they are derived.
    public init(
        index: ReferenceIndex, references: [RegisteredReference], policy: MatchingPolicy,
        details: DetailIndex = DetailIndex([], depth: .quick), regionPolicy: RegionPolicy = RegionPolicy(),
        commonFrames: CommonFrames? = nil
    ) {
        self.commonFrames = commonFrames ?? CommonFrames(index: index, references: references, policy: policy)
        (self.details, self.regionPolicy) = (details, regionPolicy)
        let sized = references.compactMap { reference in
            reference.width.flatMap { width in reference.height.map { (reference.id, (width: width, height: $0)) } }
        }
        sizes = Dictionary(uniqueKeysWithValues: sized)
        (self.index, self.policy) = (index, policy)
        cases = Dictionary(uniqueKeysWithValues: references.map { ($0.id, $0.caseID) })
        let videos = references.compactMap { reference in
            reference.video.map {
                (reference.id, ReferenceTimeline(times: $0.frameTimes.lazy.map(Int64.init), end: $0.duration))
            }
        }
        timelines = Dictionary(uniqueKeysWithValues: videos)
        byDigest = Dictionary(grouping: references, by: \.sha256).mapValues { $0.map(\.id) }
        let listed = references.compactMap { reference in reference.listed.map { ($0, reference.id) } }
        byListedDigest = Dictionary(grouping: listed, by: \.0).mapValues { $0.map(\.1) }
        searchesDigests = listed.contains { $0.0.kind != .sha256 }
    }

    /// How many references are searched.
    public var referenceCount: Int { cases.count }
    /// How many cases they belong to.
    public var caseCount: Int { Set(cases.values).count }

    /// Whether the verdict on a fast hash may be another than on the exact one: a reference lies near the threshold, or
    /// the quality near the gate.
    public func needsExactHash(_ fast: Feature) -> Bool {
        let (gate, threshold) = (policy.qualityGate.rawValue, policy.threshold)
        guard !fast.isDegenerate, fast.quality.rawValue >= gate - Self.qualityMargin else { return false }
        let distances = index.search([fast.hash], radius: min(256, threshold + HashPrecision.margin)).map(\.distance)
        let isNearGate = fast.quality.rawValue < gate + Self.qualityMargin
        return isNearGate ? !distances.isEmpty : distances.contains { $0 >= threshold - HashPrecision.margin }
    }

    /// A fast hash's quality lies no further from the exact one.
    private static let qualityMargin = 3

    /// One match a reference, the surest first: same bytes, then by distance.
    ///
    /// - Parameters:
    ///   - feature: of the whole picture; nil when it could not be decoded.
    ///   - sha256: of the item's bytes; nil when it could not be read.
    ///   - digests: of the same bytes; nil when they are not searched.
    ///   - picture: its parts; nil when they are not searched.
    public func matches(
        feature: Feature?, sha256: SHA256Digest?, digests: ItemDigests? = nil, picture: SearchedPicture? = nil
    ) -> [Match] {
        var best = byteMatches(sha256, digests)
        if let feature, feature.isComparable(gate: policy.qualityGate) {
            for match in frameMatches(feature) where best[match.reference] == nil { best[match.reference] = match }
            for hit in index.search([feature.hash], radius: policy.threshold) where hit.milliseconds == nil {
                // Entries come in order, so of equal distances the first orientation stays.
                if let known = best[hit.reference], known.evidence == .bytes || known.distance <= hit.distance {
                    continue
                }
                guard let caseID = cases[hit.reference] else { continue }
                best[hit.reference] = Match(
                    caseID: caseID, reference: hit.reference, evidence: .whole, distance: hit.distance,
                    orientation: hit.orientation)
            }
        }
        for match in picture.map(regionMatches) ?? [] where best[match.reference] == nil {
            best[match.reference] = match
        }
        for match in picture.map(frameRegionMatches) ?? [] where best[match.reference] == nil {
            best[match.reference] = match
        }
        for match in picture.map({ featureMatches($0) { best[$0] == nil } }) ?? [] where best[match.reference] == nil {
            best[match.reference] = match
        }
        return best.values.sorted { a, b in
            let (aSure, bSure) = (a.evidence == .bytes ? -1 : a.distance, b.evidence == .bytes ? -1 : b.distance)
            return aSure != bSure ? aSure < bSure : a.reference < b.reference
        }
    }

    /// References that are the same file.
    func byteMatches(_ sha256: SHA256Digest?, _ digests: ItemDigests?) -> [ReferenceID: Match] {
        var found: [ReferenceID: Match] = [:]
        for reference in (sha256.flatMap({ byDigest[$0] }) ?? []) + listed(sha256, digests) {
            found[reference] = Match(
                caseID: cases[reference]!, reference: reference, evidence: .bytes, distance: 0, orientation: .orig)
        }
        return found
    }

    private func listed(_ sha256: SHA256Digest?, _ digests: ItemDigests?) -> [ReferenceID] {
        guard !byListedDigest.isEmpty else { return [] }
        let own = [
            sha256.flatMap { ListedDigest(.sha256, bytes: $0.bytes) }, digests.flatMap { ListedDigest(.sha1, $0.sha1) },
            digests.flatMap { ListedDigest(.md5, $0.md5) },
        ]
        return own.compactMap { $0 }.flatMap { byListedDigest[$0] ?? [] }
    }

    /// Why nothing can be searched any more: what was found before stands, what comes after must not be relied on.
    public var failure: (any Error)? { index.failure ?? details.failure }

    /// Whether some bytes are listed by MD5 or SHA-1.
    public func lists(_ digests: ItemDigests) -> Bool { !listed(nil, digests).isEmpty }
}

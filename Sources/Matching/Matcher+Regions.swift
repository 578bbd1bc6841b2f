import HashIndex
public import MediaModel

/// A picture whose parts are searched, too.
public struct SearchedPicture: Sendable, Hashable {
    /// Pixels.
    public let width: Int
    public let height: Int
    public let details: PictureDetails

    public init(width: Int, height: Int, details: PictureDetails) {
        (self.width, self.height, self.details) = (width, height, details)
    }
}

extension Matcher {
    /// Whether parts of pictures are searched at all.
    public var searchesDetails: Bool { details.depth > .quick }

    /// Whether some part of a picture, or of a video's frame, is near a part of a reference: a rough look, for a re-match.
    public func comesNear(_ details: PictureDetails, isFrame: Bool) -> Bool {
        let isNear =
            isFrame
            ? !index.search(details.hashes.map(\.hash), radius: policy.threshold).isEmpty
            : !regionHits(details).isEmpty
        return isNear || !nominees(details).isEmpty
    }

    /// One match a reference that parts of a picture show.
    func regionMatches(_ picture: SearchedPicture) -> [Match] {
        guard searchesDetails, !picture.details.isEmpty else { return [] }
        let hits = Dictionary(grouping: regionHits(picture.details), by: \.reference)
        return hits.keys.sorted().compactMap { reference in
            let near = hits[reference]!.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }
            let sure = near.first { hit in
                hit.distance <= regionPolicy.aloneThreshold
                    || (near.count > 1 && near.contains { hit.isConfirmed(by: $0) })
                    || [false, true].contains { isMirrored in
                        details.number(ofPicture: reference).map { number in
                            featureMatch(
                                picture, Nominee(picture: number, isMirrored: isMirrored),
                                least: regionPolicy.confirmingEvidence) != nil
                        } ?? false
                    }
            }
            return sure.flatMap { match($0, picture) }
        }
    }

    /// Frames of registered videos that parts of a picture show.
    func frameRegionMatches(_ picture: SearchedPicture) -> [Match] {
        guard searchesDetails, !timelines.isEmpty, !picture.details.hashes.isEmpty else { return [] }
        let video = SearchedVideo(
            frames: HashedFrames([
                HashedFrame(
                    time: FrameFeature(
                        milliseconds: 0, feature: Feature(hash: .zero, quality: .usualGate, isDegenerate: true)),
                    hashes: [], details: picture.details)
            ]), width: picture.width, height: picture.height, duration: 0)
        return video.frames.regionTracks.flatMap { track in
            alignments(of: track.frames) { timelines[$0] != nil }.filter { !$1.matching.isEmpty }
                .map { match($0, $1.matching, PicturePart(window: track.window, corners: track.corners), in: video) }
        }
    }

    private func match(_ hit: RegionHit, _ picture: SearchedPicture) -> Match? {
        guard let caseID = cases[hit.reference] else { return nil }
        let isWhole = hit.part == .whole && hit.shown == .whole
        let size = sizes[hit.reference] ?? (picture.width, picture.height)
        return Match(
            caseID: caseID, reference: hit.reference, evidence: isWhole ? .whole : .region, distance: hit.distance,
            orientation: hit.orientation,
            location: isWhole ? nil : hit.location((picture.width, picture.height), size),
            isNegative: hit.isNegative)
    }

    /// Every part within the threshold of a part of a reference, or of a whole one.
    func regionHits(_ details: PictureDetails) -> [RegionHit] {
        guard searchesDetails else { return [] }
        let parts = details.hashes.filter { $0.quality >= policy.qualityGate }
        var hits: [RegionHit] = []
        // Whole references answer in every orientation. Of a negative, nearly all bits are turned over.
        let upright = parts.filter { $0.orientation == .orig }
        for isNegative in [false, true] {
            let asked = isNegative ? upright.filter { $0.kind == .whole || $0.kind == .bordered } : upright
            for hit in index.search(
                asked.map { isNegative ? $0.hash.complement : $0.hash }, radius: regionPolicy.threshold)
            where hit.milliseconds == nil {
                hits.append(
                    RegionHit(
                        reference: hit.reference, part: PicturePart(asked[hit.query]), shown: .whole,
                        orientation: hit.orientation, distance: hit.distance, isNegative: isNegative))
            }
        }
        for hit in self.details.crops(near: parts.map(\.hash), radius: regionPolicy.threshold) {
            let part = parts[hit.query]
            hits.append(
                RegionHit(
                    reference: hit.reference, part: PicturePart(part), shown: PicturePart(hit.crop),
                    orientation: part.orientation.inverse, distance: hit.distance, isNegative: false))
        }
        return hits
    }
}

extension Hash256 {
    /// Every bit turned over.
    var complement: Hash256 { Hash256(~word0, ~word1, ~word2, ~word3) }
}

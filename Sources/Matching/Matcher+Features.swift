import HashIndex
import MediaModel

extension Matcher {
    /// One match a reference of which enough local features lie alike.
    ///
    /// - Parameter isWanted: references that are not found in another way.
    func featureMatches(_ picture: SearchedPicture, isWanted: (ReferenceID) -> Bool) -> [Match] {
        guard details.depth == .full, !picture.details.features.isEmpty else { return [] }
        var found: [ReferenceID: Match] = [:]
        for nominee in nominees(picture.details) {
            let reference = details.reference(of: nominee.picture)
            guard isWanted(reference), found[reference] == nil else { continue }
            let view = featureMatch(picture, nominee, least: regionPolicy.leastEvidence)
            found[reference] = view?.match(at: 0)
        }
        // What frames of many videos show says nothing of one of them.
        var common = CommonFrameLookup(commonFrames)
        let references = Set(found.keys)
        return references.sorted().filter { !common.isCommon(nil, for: $0, others: references) }.map { found[$0]! }
    }

    /// References' pictures and frames by their features' votes, the most first.
    func nominees(_ item: PictureDetails) -> [Nominee] {
        guard details.depth == .full else { return [] }
        // Each feature, then its mirrored form: to mirror one side is as far as to mirror the other.
        let queries = item.features.prefix(regionPolicy.votingFeatures).flatMap {
            [$0.descriptor, $0.mirrored.descriptor]
        }
        let hits = details.features(near: queries, radius: regionPolicy.featureThreshold) { rough in
            let likely = votes(rough, of: item).nominees(
                least: regionPolicy.leastVotes, count: regionPolicy.roughNominees,
                ofOneReference: regionPolicy.verifiedFrames
            ) { details.reference(of: $0) }
            return Set(likely.map(\.picture))
        }
        return votes(hits, of: item).nominees(
            least: regionPolicy.leastVotes, count: regionPolicy.verifiedNominees,
            ofOneReference: regionPolicy.verifiedFrames
        ) { details.reference(of: $0) }
    }

    /// - Parameter hits: by query: each feature, then its mirrored form.
    private func votes(_ hits: [DetailIndex.FeatureHit], of item: PictureDetails) -> FeatureVotes {
        var votes = FeatureVotes()
        var start = hits.startIndex
        while start < hits.endIndex {
            let number = hits[start].query / 2
            let end = hits[start...].firstIndex { $0.query / 2 != number } ?? hits.endIndex
            // Frames of one video look alike; what speaks for several of them speaks for one reference.
            let references = hits[start..<end].map { details.reference(of: $0.picture) }.sorted()
            let distinct = zip(references, references.dropFirst()).count { $0 != $1 } + 1
            let weight = 1 / Float(distinct).squareRoot()
            for hit in hits[start..<end] {
                let isMirrored = hit.query % 2 == 1
                votes.add(
                    Nominee(picture: hit.picture, isMirrored: isMirrored), item: item.features[number],
                    number: number, angle: isMirrored ? LocalFeature.mirrored(angle: hit.angle) : hit.angle,
                    radius: hit.radius, weight: weight)
            }
            start = end
        }
        return votes
    }

    /// What local features alone say; nil unless their evidence is `least`.
    func featureMatch(_ picture: SearchedPicture, _ nominee: Nominee, least: Double) -> FeatureView? {
        let isMirrored = nominee.isMirrored
        guard let known = details.picture(nominee.picture), let caseID = cases[known.reference],
            let size = sizes[known.reference]
        else { return nil }
        let pairs = featurePairs(
            item: picture.details.features.map { PlacedFeature($0, width: picture.width, height: picture.height) },
            reference: known.details.features.map {
                PlacedFeature(
                    isMirrored ? $0.mirrored : $0, width: size.width, height: size.height, isMirrored: isMirrored)
            }, maximumDistance: regionPolicy.pairDistance)
        guard
            let found = agreement(
                of: pairs, item: Double(max(picture.width, picture.height)),
                reference: Double(max(size.width, size.height))), found.evidence >= least
        else { return nil }
        var transform = found.transform
        if isMirrored {
            // Back from the mirrored reference.
            transform = AffineTransform(
                -transform.a, -transform.b, Double(size.width) - transform.c, transform.d, transform.e, transform.f)
        }
        let distances = found.inliers.map(\.distance)
        let points = found.inliers.map { pair in
            PointPair(
                item: PointPair.Point(x: pair.item.x, y: pair.item.y),
                reference: PointPair.Point(
                    x: isMirrored ? Double(size.width) - pair.reference.x : pair.reference.x, y: pair.reference.y))
        }
        return FeatureView(
            caseID: caseID, reference: known.reference, moment: known.milliseconds.map(Int64.init),
            evidence: found.evidence, distance: distances[distances.count / 2], orientation: orientation(of: transform),
            location: location(transform, (picture.width, picture.height), size, points: points))
    }

    /// The turned form of the reference that is nearest to what the item shows.
    private func orientation(of transform: AffineTransform) -> Dihedral {
        // Where right and down of the item lead in the reference, for each orientation.
        func likeness(_ turn: Dihedral) -> Double {
            let (origin, right, down) = (turn.source(x: 0, y: 0), turn.source(x: 1, y: 0), turn.source(x: 0, y: 1))
            return (right.x - origin.x) * transform.a + (right.y - origin.y) * transform.d
                + (down.x - origin.x) * transform.b + (down.y - origin.y) * transform.e
        }
        return Dihedral.allCases.max { likeness($0) < likeness($1) }!
    }

    /// What of each picture lies within the other.
    private func location(
        _ transform: AffineTransform, _ item: (width: Int, height: Int), _ reference: (width: Int, height: Int),
        points: [PointPair]
    ) -> MatchLocation? {
        func box(
            _ from: (width: Int, height: Int), _ to: (width: Int, height: Int), _ map: AffineTransform
        ) -> Region {
            let (w, h) = (Double(from.width), Double(from.height))
            let corners = [map(0, 0), map(w, 0), map(0, h), map(w, h)]
            func within(_ value: Double, _ limit: Int) -> Int { Int(min(Double(limit), max(0, value.rounded()))) }
            let (left, right) = (
                within(corners.map(\.x).min()!, to.width - 1), within(corners.map(\.x).max()!, to.width)
            )
            let (top, bottom) = (
                within(corners.map(\.y).min()!, to.height - 1), within(corners.map(\.y).max()!, to.height)
            )
            return Region(x: left, y: top, width: max(1, right - left), height: max(1, bottom - top))
        }
        guard let back = transform.inverse else { return nil }
        return MatchLocation(
            region: box(reference, item, back), referenceRegion: box(item, reference, transform),
            transform: transform, points: points)
    }
}

import HashIndex
public import MediaModel

extension Matcher {
    /// What a video's frames say.
    public struct VideoFindings: Sendable, Hashable {
        /// One match a reference, the surest first: same bytes, then by how many distinct frames agree.
        public let matches: [Match]
        /// Frames came near a reference, but not often enough: a closer look may tell.
        public let isPromising: Bool
    }

    /// - Parameters:
    ///   - sha256: of the item's bytes; nil when it could not be read.
    ///   - digests: of the same bytes; nil when they are not searched.
    public func findings(
        _ video: SearchedVideo, sha256: SHA256Digest?, digests: ItemDigests? = nil
    ) -> VideoFindings {
        if let rule = policy.vpdq {
            let byBytes = byteMatches(sha256, digests)
            let others = vpdqMatches(video, rule).filter { byBytes[$0.reference] == nil }
                .sorted { a, b in
                    let (aPart, bPart) = (a.vpdq!.comparedPercent, b.vpdq!.comparedPercent)
                    return aPart != bPart ? aPart > bPart : a.reference < b.reference
                }
            return VideoFindings(
                matches: byBytes.values.sorted { $0.reference < $1.reference } + others, isPromising: false)
        }
        let looks = video.frames.times
        var best = byteMatches(sha256, digests)
        var weak: Set<ReferenceID> = []
        func take(_ found: [(reference: ReferenceID, Alignment)], _ part: PicturePart?) {
            for (reference, alignment) in found {
                guard !alignment.matching.isEmpty else {
                    if !alignment.weak.isEmpty { weak.insert(reference) }
                    continue
                }
                let segments = alignment.matching.map { widened($0, looks, video.duration, timelines[reference]) }
                let found = match(reference, segments, part, in: video)
                if best[reference].map({ found.tellsMore(than: $0) }) ?? true { best[reference] = found }
            }
        }
        take(alignments(of: looks, isWanted: { _ in true }), nil)
        for track in video.frames.regionTracks {
            take(
                alignments(of: track.frames, isWanted: { _ in true }),
                PicturePart(window: track.window, corners: track.corners))
        }
        // What local features say of times is coarse: they stand in for hashes, not for a closer look.
        let isPromising = weak.contains { best[$0] == nil }
        let (byFeatures, hasFeatures) = featureMatches(video) { best[$0] == nil }
        for found in byFeatures { best[found.reference] = found }
        let matches = best.values.sorted { a, b in
            let (aFrames, bFrames) = (a.strength, b.strength)
            return aFrames != bFrames ? aFrames > bFrames : a.reference < b.reference
        }
        return VideoFindings(matches: matches, isPromising: isPromising || hasFeatures)
    }

    /// A picture among the frames of registered videos.
    func frameMatches(_ feature: Feature) -> [Match] {
        alignments(of: [FrameFeature(milliseconds: 0, feature: feature)]) { timelines[$0] != nil }
            .filter { !$1.matching.isEmpty }.map { match($0, $1.matching) }
    }

    /// Each reference that some frame came near, by number.
    func alignments(
        of frames: some Collection<FrameFeature>, isWanted: (ReferenceID) -> Bool
    ) -> [(reference: ReferenceID, Alignment)] {
        let frames = frames.lazy.filter { $0.feature.isComparable(gate: policy.qualityGate) }
        var hits: [ReferenceID: [CompactHit]] = [:]
        var batch: [FrameFeature] = []
        var count = 0
        func search() {
            count += batch.count
            for hit in index.search(batch.map(\.feature.hash), radius: policy.threshold) where isWanted(hit.reference) {
                hits[hit.reference, default: []].append(
                    CompactHit(
                        item: batch[hit.query].milliseconds, reference: hit.milliseconds ?? 0,
                        distance: UInt8(clamping: hit.distance), orientation: hit.orientation))
            }
            batch.removeAll(keepingCapacity: true)
        }
        // Some at a time: an item may have millions of frames, and each may hit a scene's many.
        for frame in frames {
            batch.append(frame)
            if batch.count == Self.searchedTogether { search() }
        }
        search()
        guard !hits.isEmpty else { return [] }
        var common = CommonFrameLookup(commonFrames)
        var items: [ItemFrame] = []
        items.reserveCapacity(count)
        for frame in frames { items.append(ItemFrame(time: Int64(frame.milliseconds), hash: frame.feature.hash)) }
        return hits.keys.sorted().compactMap { reference in
            guard cases[reference] != nil else { return nil }
            let found = alignment(
                of: hits.removeValue(forKey: reference)!.lazy.map(FrameHit.init), items: items,
                reference: timelines[reference] ?? .still
            ) { !common.isCommon(items[$0].hash, for: reference) }
            return (reference, found)
        }
    }

    /// Enough for an index to go band by band.
    private static let searchedTogether = 4096

    /// From the first to the last agreeing frame, and half way to the frames beside them that don't agree: where it
    /// begins and ends lies between them. Without such frames it goes to the item's start or end. Where the reference
    /// begins or ends before, it goes no further.
    ///
    /// - Parameter isExact: whether the reference's times are; those of frames with local features lie seconds apart.
    func widened(
        _ segment: Segment, _ frames: some BidirectionalCollection<FrameFeature>, _ duration: Int64,
        _ timeline: ReferenceTimeline?, isExact: Bool = true
    ) -> Segment {
        let before = frames.last { $0.milliseconds < segment.item.lowerBound }.map { Int64($0.milliseconds) }
        let after = frames.first { $0.milliseconds > segment.item.upperBound }.map { Int64($0.milliseconds) }
        let from = before.map { ($0 + segment.item.lowerBound) / 2 } ?? 0
        let to = after.map { ($0 + segment.item.upperBound) / 2 } ?? max(duration, segment.item.upperBound)
        var (early, late) = (segment.item.lowerBound - from, to - segment.item.upperBound)
        let pace = abs(segment.speed)
        func paced(_ milliseconds: Int64) -> Int64 { Int64((Double(milliseconds) * pace).rounded()) }
        let end = max(timeline?.end ?? 0, segment.reference.upperBound)
        // Backwards, what comes before in the item comes later in the reference.
        let isBackwards = segment.speed < 0
        if pace > 0, isExact {
            let (before, after) = (segment.reference.lowerBound, end - segment.reference.upperBound)
            early = min(early, Int64((Double(isBackwards ? after : before) / pace).rounded(.up)))
            late = min(late, Int64((Double(isBackwards ? before : after) / pace).rounded(.up)))
        }
        let (down, up) = isBackwards ? (late, early) : (early, late)
        return Segment(
            item: segment.item.lowerBound - early...segment.item.upperBound + late,
            reference: max(
                0, segment.reference.lowerBound - paced(down))...min(
                    end, segment.reference.upperBound + paced(up)),
            speed: segment.speed, orientation: segment.orientation, frames: segment.frames,
            distinctFrames: segment.distinctFrames, medianDistance: segment.medianDistance,
            leastDistance: segment.leastDistance)
    }

    /// - Parameter part: of the frames that show it; nil for all of them.
    func match(
        _ reference: ReferenceID, _ segments: [Segment], _ part: PicturePart? = nil, in video: SearchedVideo? = nil
    ) -> Match {
        let strongest = segments.max { $0.distinctFrames < $1.distinctFrames }!
        let location = part.flatMap { part in
            video.map { video in
                RegionHit(
                    reference: reference, part: part, shown: .whole, orientation: strongest.orientation,
                    distance: strongest.medianDistance, isNegative: false
                ).location((video.width, video.height), sizes[reference] ?? (video.width, video.height))
            }
        }
        return Match(
            caseID: cases[reference]!, reference: reference,
            evidence: timelines[reference] == nil || strongest.speed == 0 ? .frame : .video,
            distance: strongest.medianDistance, orientation: strongest.orientation, segments: segments,
            location: location)
    }
}

extension Match {
    /// For sorting: the same bytes above all, then frames that agree.
    fileprivate var strength: Int {
        evidence == .bytes ? .max : segments.reduce(0) { $0 + $1.distinctFrames }
    }

    /// Of matches with one reference, by the frames and by parts of them: whether it explains more of the item, by a tenth
    /// at least; if neither does, whether it is nearer.
    fileprivate func tellsMore(than other: Match) -> Bool {
        guard other.evidence != .bytes else { return false }
        let (own, others) = (shownMilliseconds, other.shownMilliseconds)
        if 10 * abs(own - others) > min(own, others) { return own > others }
        return distance != other.distance ? distance < other.distance : strength > other.strength
    }

    /// Of the item: where several segments lie above each other it counts once.
    private var shownMilliseconds: Int64 {
        var (shown, end) = (Int64(0), Int64.min)
        for item in segments.map(\.item).sorted(by: { $0.lowerBound < $1.lowerBound }) where item.upperBound > end {
            shown += item.upperBound - max(end, item.lowerBound)
            end = item.upperBound
        }
        return shown
    }
}

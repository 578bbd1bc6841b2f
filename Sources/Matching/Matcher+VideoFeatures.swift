import MediaModel

extension Matcher {
    /// One match a reference that frames of a video show by local features.
    ///
    /// Frames with features are few on both sides, so the times are coarse: a segment goes from the first to the last
    /// frame that shows the reference.
    ///
    /// - Returns: matches, and whether frames say something of another reference, but not enough.
    func featureMatches(
        _ video: SearchedVideo, isWanted: (ReferenceID) -> Bool
    ) -> (matches: [Match], isPromising: Bool) {
        guard details.depth == .full else { return ([], false) }
        var views: [ReferenceID: [(frame: FrameFeature, view: FeatureView)]] = [:]
        for (number, shown) in video.frames.withFeatures {
            let picture = SearchedPicture(width: video.width, height: video.height, details: shown)
            for nominee in nominees(shown) where isWanted(details.reference(of: nominee.picture)) {
                guard let view = featureMatch(picture, nominee, least: regionPolicy.promisingEvidence) else { continue }
                views[view.reference, default: []].append((video.frames.time(number), view))
            }
        }
        dropCommon(&views)
        let matches = views.keys.sorted().compactMap { reference in
            let sure = views[reference]!.filter { $0.view.evidence >= regionPolicy.leastEvidence }
            return isMatch(sure) ? match(sure, in: video) : nil
        }
        return (matches, matches.count < views.count)
    }

    /// Frames that videos of many cases have say nothing, see `CommonFrames`.
    private func dropCommon(_ views: inout [ReferenceID: [(frame: FrameFeature, view: FeatureView)]]) {
        guard commonFrames != nil else { return }
        var common = CommonFrameLookup(commonFrames)
        var seen: [Int32: Set<ReferenceID>] = [:]
        for (reference, found) in views {
            for (frame, _) in found { seen[frame.milliseconds, default: []].insert(reference) }
        }
        for (reference, found) in views {
            let telling = found.filter { frame, _ in
                let hash = frame.feature.isComparable(gate: policy.qualityGate) ? frame.feature.hash : nil
                return !common.isCommon(hash, for: reference, others: seen[frame.milliseconds]!)
            }
            views[reference] = telling.isEmpty ? nil : telling
        }
    }

    /// Frames of two videos are compared far more often than two pictures are, so one alone has to say more.
    private func isMatch(_ views: [(frame: FrameFeature, view: FeatureView)]) -> Bool {
        views.contains { $0.view.evidence >= regionPolicy.leastFrameEvidence || $0.view.moment == nil }
            || views.contains { a in
                views.contains { b in
                    a.view.moment != b.view.moment
                        && a.view.evidence + b.view.evidence >= regionPolicy.leastPairEvidence
                        && a.frame.feature.hash.distance(to: b.frame.feature.hash) > AlignmentPolicy().movement
                }
            }
    }

    private func match(_ views: [(frame: FrameFeature, view: FeatureView)], in video: SearchedVideo) -> Match {
        let strongest = views.max {
            ($0.view.evidence, $1.frame.milliseconds) < ($1.view.evidence, $0.frame.milliseconds)
        }!
        let view = strongest.view
        let looks = video.frames.withFeatures.map { video.frames.time($0.number) }
        guard let timeline = timelines[view.reference] else {
            // A picture: from the first to the last frame that shows it.
            let times = views.map { Int64($0.frame.milliseconds) }
            let segment = Segment(
                item: times.min()!...times.max()!, reference: 0...0, speed: 0, orientation: view.orientation,
                frames: Set(times).count, distinctFrames: 1, medianDistance: view.distance,
                leastDistance: views.map(\.view.distance).min()!)
            return found(view, [widened(segment, looks, video.duration, nil)])
        }
        let hits = views.map { frame, view in
            FrameHit(
                itemTime: Int64(frame.milliseconds), referenceTime: view.moment ?? 0, distance: view.distance,
                orientation: view.orientation)
        }
        let aligned = alignment(
            of: hits, items: looks.map { ItemFrame(time: Int64($0.milliseconds), hash: $0.feature.hash) },
            reference: timeline, policy: .sparse)
        // That it is shown is known; this says when.
        let segments = (aligned.matching + aligned.weak).map {
            widened($0, looks, video.duration, timeline, isExact: false)
        }
        return found(view, segments)
    }

    private func found(_ view: FeatureView, _ segments: [Segment]) -> Match {
        Match(
            caseID: view.caseID, reference: view.reference, evidence: .features, distance: view.distance,
            orientation: view.orientation, segments: segments, location: view.location)
    }
}

extension AlignmentPolicy {
    /// For frames that stand for some seconds each.
    fileprivate static var sparse: AlignmentPolicy {
        var policy = AlignmentPolicy()
        policy.tolerance = 2000
        policy.longestGap = 20_000
        return policy
    }
}

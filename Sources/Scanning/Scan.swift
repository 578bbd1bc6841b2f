import ContentDigest
public import Matching
public import MediaModel
public import MediaSources

/// Source -> workers -> matching -> records.
public struct Scan: Sendable {
    private let examiner: Examiner
    private let matcher: Matcher
    private let suppressed: Set<ItemPair>
    private let digestsAll: Bool

    /// - Parameters:
    ///   - suppressed: what a person called no match: it is counted, not reported.
    ///   - digestsAll: MD5 and SHA-1 of every item, not only of those that match.
    public init(
        examiner: Examiner, matcher: Matcher, suppressed: Set<ItemPair> = [], digestsAll: Bool = false
    ) {
        var settings = examiner.settings
        settings.wantsAllDigests = digestsAll || matcher.searchesDigests
        self.examiner = Examiner(settings: settings, ledger: examiner.ledger)
        self.matcher = matcher
        (self.suppressed, self.digestsAll) = (suppressed, digestsAll)
    }

    /// Examines every item and hands its result on, in order.
    ///
    /// - Returns: the counts; `isComplete` is false when `stop` was requested before the end.
    /// - Throws: what `write` throws, `WorkerStartError` or `LedgerError`.
    public func run(
        _ items: some IteratorProtocol<SourceItem>, stop: StopFlag, notice: (String) -> Void = { _ in },
        write: (ItemResult, SummaryRecord) throws -> Void
    ) throws -> SummaryRecord {
        var summary = SummaryRecord()
        (summary.references, summary.cases) = (matcher.referenceCount, matcher.caseCount)
        let (matcher, suppressed, digestsAll) = (matcher, suppressed, digestsAll)
        summary.isComplete = try examiner.run(
            items, stop: stop, notice: notice,
            confirms: { matcher.needsExactHash($0) },
            looksCloser: { matcher.findings($0, sha256: nil).isPromising },
            process: { examination, descriptor in
                var examination = examination
                if matcher.searchesDigests || digestsAll { examination.addDigests(descriptor, stop: stop) }
                var result = ItemResult(examination, matcher: matcher, suppressed: suppressed)
                if !result.matches.isEmpty { result.item.addDigests(descriptor, stop: stop) }
                return result
            },
            deliver: { result in
                summary.count(result)
                try write(result, summary)
            })
        return summary
    }
}

/// What a scan says of one item.
public struct ItemResult: Sendable, Hashable {
    public fileprivate(set) var item: ItemIdentity
    public let media: MediaFacts?
    public private(set) var verdict: Verdict
    public let matches: [Match]
    /// Why it could not be examined in full; absent when a match was found all the same.
    public private(set) var failure: ItemFailure?
    /// Frames of a video came near a reference, but too few to tell: more of them would.
    let isPromising: Bool
    /// Of an archive that was gone through, which is no item.
    public let archive: ArchiveFacts?
    /// Its hash says too little to be compared, so only its bytes were.
    public let wasComparedByBytesOnly: Bool
    /// Matches that a person called none before.
    public let suppressed: Int

    init(_ examination: Examination, matcher: Matcher, suppressed pairs: Set<ItemPair> = []) {
        item = examination.item
        archive = examination.archive
        let matches: [Match]
        let failure: ItemFailure?
        switch examination.content {
        case .picture(let facts, _):
            var (facts, feature, doubt) = (facts, examination.feature!, ItemFailure?.none)
            switch examination.confirmation {
            case .picture(let exact, _): (facts, feature) = (exact, examination.confirmation!.feature!)
            case .failure(let why, _): doubt = why
            case .video, nil: break
            }
            media = .picture(facts)
            matches = matcher.matches(
                feature: feature, sha256: item.sha256, digests: item.digests,
                picture: SearchedPicture(width: facts.width, height: facts.height, details: examination.details))
            wasComparedByBytesOnly = !feature.isComparable(gate: matcher.policy.qualityGate)
            isPromising = false
            failure =
                doubt ?? examination.flaw ?? facts.damage.map { ItemFailure(.partial, .damaged, $0) }
                ?? (facts.hasFurtherFrames
                    ? ItemFailure(.partial, .furtherFrames, "has more frames or pages; only the first was examined")
                    : nil)
        case .video(let facts, let frames):
            media = .video(facts, frames: frames.count)
            let findings = matcher.findings(
                SearchedVideo(facts, frames), sha256: item.sha256, digests: item.digests)
            (matches, isPromising) = (findings.matches, findings.isPromising)
            wasComparedByBytesOnly = !frames.times.contains {
                $0.feature.isComparable(gate: matcher.policy.qualityGate)
            }
            failure =
                examination.flaw ?? facts.limit ?? facts.damage.map { ItemFailure(.partial, .damaged, $0) }
                ?? (facts.hasFurtherStreams
                    ? ItemFailure(
                        .partial, .furtherStreams, "has more streams of pictures; only the first was examined") : nil)
        case .failure(let why, _):
            (media, failure, wasComparedByBytesOnly) = (nil, archive == nil ? why : nil, false)
            isPromising = false
            matches = matcher.matches(feature: nil, sha256: item.sha256, digests: item.digests)
        }
        let digest = examination.item.sha256
        let kept = matches.filter { match in
            digest.map { !pairs.contains(ItemPair(sha256: $0, reference: match.reference)) } ?? true
        }
        (self.matches, suppressed) = (kept, matches.count - kept.count)
        (verdict, self.failure) = kept.isEmpty ? (failure?.verdict ?? .clear, failure) : (.match, nil)
    }

    /// As it is where the file is not at hand for a closer look.
    var undecided: ItemResult {
        var result = self
        let failure = ItemFailure(
            .partial, .tooFewFrames,
            "some of its frames are near a reference, too few to tell; scan the file again for a closer look")
        (result.verdict, result.failure) = (failure.verdict, failure)
        return result
    }
}

extension ItemIdentity {
    /// One more pass over the file, where nobody else computed them; none if the bytes have changed.
    fileprivate mutating func addDigests(_ descriptor: Int32?, stop: StopFlag) {
        guard digests == nil, let sha256, let descriptor,
            let found = FileDigests(descriptor: descriptor, isStopped: { stop.isOverdue }),
            found.sha256 == sha256.description
        else { return }
        digests = ItemDigests(md5: found.md5, sha1: found.sha1)
    }
}

extension Examination {
    fileprivate mutating func addDigests(_ descriptor: Int32?, stop: StopFlag) {
        item.addDigests(descriptor, stop: stop)
    }

    /// What came out of a broken wrapping may not be all.
    fileprivate var flaw: ItemFailure? {
        item.provenance.origin?.flaw.map { ItemFailure(.partial, .damaged, "as it was unpacked: \($0)") }
    }
}

extension SummaryRecord {
    fileprivate mutating func count(_ result: ItemResult) {
        guard result.archive == nil else {
            archives += 1
            passedOver += result.archive?.passedOver ?? 0
            return
        }
        items += 1
        byteCount = byteCount.addingReportingOverflow(result.item.byteCount ?? 0).partialValue
        verdicts[result.verdict, default: 0] += 1
        matches += result.matches.count
        suppressed += result.suppressed
        if !result.matches.isEmpty { matchedItems += 1 }
        if result.wasComparedByBytesOnly, result.verdict == .clear { comparedByBytesOnly += 1 }
    }
}

extension SearchedVideo {
    public init(_ facts: VideoFacts, _ frames: HashedFrames) {
        self.init(frames: frames, width: facts.width, height: facts.height, duration: facts.durationMilliseconds)
    }
}

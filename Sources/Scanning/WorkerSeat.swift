import Matching
import MediaModel
import MediaSources
import WorkerProtocol

/// A thread's worker processes and their replacements: one that starts quickly and decodes most pictures, and one for
/// everything else, once it is needed.
final class WorkerSeat: @unchecked Sendable {  // used by one thread only
    let settings: Examiner.Settings
    private let ledger: Ledger?
    private let request: WorkerRequest
    private let exactRequest: WorkerRequest
    /// Nil when the first look at a video is close already.
    private let closerRequest: WorkerRequest?
    private let confirms: @Sendable (Feature) -> Bool
    private let looksCloser: @Sendable (SearchedVideo) -> Bool
    var first: WorkerPost
    var further: WorkerPost

    /// Of a second look at a video, in ms.
    private static let closeInterval = 250

    /// - Parameters:
    ///   - confirms: whether a fast hash is to be followed by the exact one.
    ///   - looksCloser: whether a video's frames ask for more of them.
    init(
        settings: Examiner.Settings, ledger: Ledger?, worker: WorkerProcess?,
        confirms: @escaping @Sendable (Feature) -> Bool, looksCloser: @escaping @Sendable (SearchedVideo) -> Bool
    ) {
        self.looksCloser = looksCloser
        (self.settings, self.ledger, self.confirms) = (settings, ledger, confirms)
        first = WorkerPost(.first, settings: settings, worker: worker)
        further = WorkerPost(.further, settings: settings)
        request = settings.request(settings.precision, settings.frameMode, wantsDigestFirst: ledger != nil)
        // What was found beside the hash stays.
        var exact = settings
        (exact.depth, exact.wantsAllDigests) = (.quick, false)
        exactRequest = exact.request(.exact, settings.frameMode, wantsDigestFirst: false)
        switch settings.frameMode {
        case .keyFrames, .interval:
            var closer = settings
            closer.wantsAllDigests = false
            closerRequest = closer.request(closer.precision, .interval(Self.closeInterval), wantsDigestFirst: false)
        case .every, .vpdq: closerRequest = nil
        }
    }

    /// Items that are small and unknown go to the worker together, as many as it does in some milliseconds: a switch
    /// to another process and back costs as much as hashing a small picture.
    var batchSize: Int { min(quickItems, first.itemsLeft) }
    private var quickItems = 1
    private static let batchMilliseconds = 30.0

    /// The next batches are as large as the time fits that the last one took; nil for one whose worker died.
    func adaptBatches(to count: Int, milliseconds: Double?) {
        guard let milliseconds else {
            quickItems = 1
            return
        }
        let fitting = Double(count) * Self.batchMilliseconds / max(milliseconds, 0.001)
        quickItems = Int(max(1, min(fitting, Double(min(2 * quickItems, WorkerBatch.maximumItems)))))
    }

    /// Examines items: one, or several that join a batch.
    ///
    /// - Parameters:
    ///   - meanwhile: called while the worker works, if it has to.
    ///   - finish: takes each item's result.
    /// - Returns: false when the run was stopped meanwhile; then results are missing.
    func examine(
        _ items: [OpenItem], stop: StopFlag, meanwhile: () -> Void, finish: (OpenItem, Examination) -> Void
    ) throws -> Bool {
        var unknown: [Target] = []
        for item in items {
            switch item.state {
            case .failed(let failure):
                try ledger?.remember(item.stored(failure))
                finish(item, Examination(item.source, failure, byteCount: item.source.archive?.byteCount))
            case .ended(let end): finish(item, Examination(item.source, end))
            case .archive:
                let failure = ItemFailure(.unsupported, .unsupportedFormat, "an archive")
                finish(item, Examination(item.source, failure))
            case .known(let file, let known):
                try ledger?.forgetFailures(at: item.key)
                let examination = Examination(item.source, known)
                guard let confirmed = try confirmed(examination, Target(item, file), stop) else { return false }
                finish(item, confirmed)
            case .unknown(let file): unknown.append(Target(item, file))
            }
        }
        guard !unknown.isEmpty else { return true }
        if let ledger { return try learn(unknown, ledger, by: .first, stop, meanwhile: meanwhile, finish: finish) }
        return try look(at: unknown, by: .first, stop, meanwhile: meanwhile, finish: finish)
    }

    /// An item whose file is open.
    struct Target {
        let item: OpenItem
        let file: OpenItem.OpenFile

        init(_ item: OpenItem, _ file: OpenItem.OpenFile) { (self.item, self.file) = (item, file) }
    }

    enum Outcome {
        case examined(Examination)
        /// It was decided not to decode it.
        case skipped(SHA256Digest)
        /// The further worker has to do it.
        case referred
        /// The run was stopped first.
        case missing
    }

    /// Without a ledger.
    private func look(
        at targets: [Target], by kind: WorkerPost.Kind, _ stop: StopFlag, meanwhile: () -> Void,
        finish: (OpenItem, Examination) -> Void
    ) throws -> Bool {
        let found = try work(request, on: targets, by: kind, stop, meanwhile: meanwhile) { $0.map { _ in .decode } }
        var referred: [Target] = []
        for (target, outcome) in zip(targets, found) {
            switch outcome {
            case .examined(let examination):
                guard let confirmed = try confirmed(examination, target, stop) else { return false }
                finish(target.item, confirmed)
            case .referred: referred.append(target)
            case .skipped, .missing: return false
            }
        }
        return try referred.isEmpty || look(at: referred, by: .further, stop, meanwhile: {}, finish: finish)
    }

    /// Same bytes elsewhere are decoded once; until this thread is done with them, others wait.
    private func learn(
        _ targets: [Target], _ ledger: Ledger, by kind: WorkerPost.Kind, _ stop: StopFlag, meanwhile: () -> Void,
        finish: (OpenItem, Examination) -> Void
    ) throws -> Bool {
        var claims = Claims(ledger)
        defer { claims.giveUp() }
        let found = try work(request, on: targets, by: kind, stop, meanwhile: meanwhile) { claims.decide($0) }
        if let failure = claims.failure { throw failure }
        var twins: [Target] = []
        var referred: [Target] = []
        var isComplete = true
        for (target, outcome) in zip(targets, found) {
            // A file that changed while it was read is not the file that the stamp names.
            let isSteady = target.file.isSteady
            let examination: Examination
            switch outcome {
            case .missing:
                isComplete = false
                continue
            case .referred:
                referred.append(target)
                continue
            case .skipped(let digest):
                guard let known = claims.known[digest] else {
                    twins.append(target)
                    continue
                }
                if isSteady { try ledger.remember(target.item.stored, known) }
                examination = Examination(target.item.source, known)
            case .examined(let new):
                if let content = StoredContent(new), isSteady {
                    try ledger.remember(target.item.stored, content)
                    claims.settled(content.sha256)
                } else if case .failure(let failure, _) = new.content {
                    try ledger.remember(target.item.stored(failure))
                }
                examination = new
            }
            guard let confirmed = try confirmed(examination, target, stop) else {
                isComplete = false
                continue
            }
            finish(target.item, confirmed)
        }
        claims.giveUp()
        if isComplete, !referred.isEmpty {
            isComplete = try learn(referred, ledger, by: .further, stop, meanwhile: {}, finish: finish)
        }
        // What the same batch had twice is known by now.
        for twin in twins where isComplete {
            isComplete = try learn([twin], ledger, by: .first, stop, meanwhile: {}, finish: finish)
        }
        return isComplete
    }

    /// With the exact hash, where the verdict may rest on it. Nil when the run was stopped.
    ///
    /// The ledger doesn't keep it: that it was wanted would tell of a reference, even when its case is gone.
    private func confirmed(
        _ examination: Examination, _ target: Target, _ stop: StopFlag
    ) throws(WorkerStartError) -> Examination? {
        if case .video(let facts, let frames) = examination.content {
            return try closer(examination, facts, frames, target, stop)
        }
        guard examination.picture?.precision == .fast, let fast = examination.feature, confirms(fast) else {
            return examination
        }
        guard let exact = try work(exactRequest, on: target, stop) else { return nil }
        // If it changed meanwhile, the fast hash has to do.
        guard exact.item.sha256 == examination.item.sha256 else { return examination }
        return Examination(
            item: examination.item, content: examination.content, confirmation: exact.content,
            details: examination.details)
    }

    /// A video with more of its frames, where those that were looked at came near a reference and say too little. The
    /// ledger keeps the first look only, for the same reason.
    private func closer(
        _ examination: Examination, _ facts: VideoFacts, _ frames: HashedFrames, _ target: Target, _ stop: StopFlag
    ) throws(WorkerStartError) -> Examination? {
        guard let closerRequest, looksCloser(SearchedVideo(facts, frames)) else { return examination }
        guard let closer = try work(closerRequest, on: target, stop) else { return nil }
        guard closer.item.sha256 == examination.item.sha256, case .video(_, let more) = closer.content else {
            return examination
        }
        let known = Set(more.times.map(\.milliseconds))
        let all = (more + frames.filter { !known.contains($0.time.milliseconds) })
            .sorted { $0.time.milliseconds < $1.time.milliseconds }
        return Examination(item: examination.item, content: .video(facts, frames: HashedFrames(all)))
    }

}

extension StoredContent {
    /// Nil for what is better tried again: files that could not be read to their end, or whose decoder was killed.
    fileprivate init?(_ examination: Examination) {
        guard !examination.isProvisional, let sha256 = examination.item.sha256,
            let byteCount = examination.item.byteCount
        else { return nil }
        self.init(
            sha256: sha256, byteCount: byteCount, content: examination.content,
            details: examination.details, digests: examination.item.digests)
    }
}

extension Examination {
    fileprivate init(_ item: SourceItem, _ end: SourceItem.ArchiveEnd) {
        self.init(item, ItemFailure(.unsupported, .unsupportedFormat, "an archive"), byteCount: end.byteCount)
        archive = end.facts
    }

    fileprivate init(_ item: SourceItem, _ known: StoredContent) {
        self.init(
            item: ItemIdentity(
                provenance: item.provenance, byteCount: known.byteCount, sha256: known.sha256, digests: known.digests),
            content: known.content, details: known.details)
    }

    init(
        _ item: SourceItem, _ failure: ItemFailure, byteCount: Int64? = nil, sha256: SHA256Digest? = nil
    ) {
        self.init(
            item: ItemIdentity(provenance: item.provenance, byteCount: byteCount, sha256: sha256),
            content: .failure(failure, format: .unknown))
    }
}

import ContentDigest
import Glibc
import MediaModel
import MediaSources
import WorkerProtocol

/// A thread's worker process and its replacements.
final class WorkerSeat: @unchecked Sendable {  // used by one thread only
    private let settings: Examiner.Settings
    private let ledger: Ledger?
    private let request: WorkerRequest
    private let exactRequest: WorkerRequest
    /// Nil when the first look at a video is close already.
    private let closerRequest: WorkerRequest?
    private let confirms: @Sendable (Feature) -> Bool
    private let looksCloser: @Sendable ([FrameFeature]) -> Bool
    private var worker: WorkerProcess?
    /// Items that the worker was given.
    private var served = 0

    /// Of a second look at a video, in ms.
    private static let closeInterval = 250

    /// - Parameters:
    ///   - confirms: whether a fast hash is to be followed by the exact one.
    ///   - looksCloser: whether a video's frames ask for more of them.
    init(
        settings: Examiner.Settings, ledger: Ledger?, worker: WorkerProcess?,
        confirms: @escaping @Sendable (Feature) -> Bool, looksCloser: @escaping @Sendable ([FrameFeature]) -> Bool
    ) {
        self.looksCloser = looksCloser
        (self.settings, self.ledger, self.worker, self.confirms) = (settings, ledger, worker, confirms)
        request = settings.request(settings.precision, settings.frameMode, wantsDigestFirst: ledger != nil)
        // What was found beside the hash stays.
        var exact = settings
        exact.depth = .quick
        exactRequest = exact.request(.exact, settings.frameMode, wantsDigestFirst: false)
        switch settings.frameMode {
        case .keyFrames, .interval:
            closerRequest = settings.request(settings.precision, .interval(Self.closeInterval), wantsDigestFirst: false)
        case .every, .vpdq: closerRequest = nil
        }
    }

    /// Nil when the run was stopped meanwhile.
    ///
    /// - Parameter meanwhile: called while the worker works, if it has to.
    func examine(_ item: OpenItem, stop: StopFlag, meanwhile: () -> Void) throws -> Examination? {
        let file: OpenItem.OpenFile
        switch item.state {
        case .failed(let failure): return Examination(item.source, failure)
        case .known(let file, let known): return try confirmed(Examination(item.source, known), item, file, stop)
        case .unknown(let unknown): file = unknown
        }
        guard let ledger else {
            return try work(request, on: item, file, stop, meanwhile: meanwhile) { _ in .decode }
                .flatMap { try confirmed($0, item, file, stop) }
        }

        // Same bytes elsewhere are decoded once; until this thread is done with them, others wait.
        var claim: SHA256Digest?
        var known: StoredContent?
        var failure: LedgerError?
        defer { if let claim { ledger.giveUp(claim) } }
        let examination = try work(request, on: item, file, stop, meanwhile: meanwhile) { digest in
            guard claim != digest else { return .decode }
            do throws(LedgerError) {
                known = try ledger.recallOrClaim(digest)
            } catch {
                failure = error
                return .skip
            }
            if known == nil { claim = digest }
            return known == nil ? .decode : .skip
        }
        if let failure { throw failure }
        // A file that changed while it was read is not the file that the stamp names.
        let isSteady = FileStamp(file.descriptor) == file.stamp
        if let known {
            if isSteady { try ledger.remember(path: item.absolutePath, stamp: file.stamp, known) }
            return try confirmed(Examination(item.source, known), item, file, stop)
        }
        guard let examination else { return nil }
        if let content = StoredContent(examination), isSteady {
            try ledger.remember(path: item.absolutePath, stamp: file.stamp, content)
            if claim == content.sha256 { claim = nil }
        }
        return try confirmed(examination, item, file, stop)
    }

    /// With the exact hash, where the verdict may rest on it. Nil when the run was stopped.
    ///
    /// The ledger doesn't keep it: that it was wanted would tell of a reference, even when its case is gone.
    private func confirmed(
        _ examination: Examination, _ item: OpenItem, _ file: OpenItem.OpenFile, _ stop: StopFlag
    ) throws(WorkerStartError) -> Examination? {
        if case .video(let facts, let frames) = examination.content {
            return try closer(examination, facts, frames, item, file, stop)
        }
        guard examination.picture?.precision == .fast, let fast = examination.feature, confirms(fast) else {
            return examination
        }
        guard let exact = try work(exactRequest, on: item, file, stop, decide: { _ in .decode }) else { return nil }
        // If it changed meanwhile, the fast hash has to do.
        guard exact.item.sha256 == examination.item.sha256 else { return examination }
        return Examination(
            item: examination.item, content: examination.content, confirmation: exact.content,
            details: examination.details)
    }

    /// A video with more of its frames, where those that were looked at came near a reference and say too little. The
    /// ledger keeps the first look only, for the same reason.
    private func closer(
        _ examination: Examination, _ facts: VideoFacts, _ frames: [HashedFrame], _ item: OpenItem,
        _ file: OpenItem.OpenFile, _ stop: StopFlag
    ) throws(WorkerStartError) -> Examination? {
        guard let closerRequest, looksCloser(frames.map(\.time)) else { return examination }
        guard let closer = try work(closerRequest, on: item, file, stop, decide: { _ in .decode }) else { return nil }
        guard closer.item.sha256 == examination.item.sha256, case .video(_, let more) = closer.content else {
            return examination
        }
        let known = Set(more.map(\.time.milliseconds))
        let all = (more + frames.filter { !known.contains($0.time.milliseconds) })
            .sorted { $0.time.milliseconds < $1.time.milliseconds }
        return Examination(item: examination.item, content: .video(facts, frames: all))
    }

    /// Nil when the run was stopped, or `decide` said to skip the item.
    private func work(
        _ request: WorkerRequest, on item: OpenItem, _ file: OpenItem.OpenFile, _ stop: StopFlag,
        meanwhile: () -> Void = {}, decide: (SHA256Digest) -> WorkerDecision
    ) throws(WorkerStartError) -> Examination? {
        // A worker that dies may have been spoiled by the item before: the second one's death counts.
        for attempt in 1...2 {
            let current = try currentWorker()
            do throws(WorkerProcess.Loss) {
                let answer = try current.examine(
                    descriptor: file.descriptor, request: request, stop: stop, meanwhile: meanwhile, decide: decide)
                return answer.map { Examination(item: item.source, reply: $0.reply, frames: $0.frames) }
            } catch {
                worker = nil
                let failure: ItemFailure
                switch error {
                case .stopped: return nil
                case .died where attempt == 1, .malformed where attempt == 1: continue
                case .died(let ending):
                    failure = ItemFailure(
                        .undecodable, .decoderCrashed, "set aside: the decoder died on it twice (\(ending))")
                case .malformed:
                    failure = ItemFailure(
                        .undecodable, .decoderCrashed, "set aside: the decoder answered nonsense twice")
                case .timedOut:
                    failure = ItemFailure(.overLimit, .tooSlow, "takes more than \(settings.limits.wallSeconds) s")
                case .outOfTime:
                    failure = ItemFailure(
                        .overLimit, .tooSlow, "takes more than \(settings.limits.seconds) s of CPU time")
                }
                return Examination(
                    item.source, failure, byteCount: file.stamp.byteCount, sha256: digest(file, stop))
            }
        }
        return nil
    }

    private func currentWorker() throws(WorkerStartError) -> WorkerProcess {
        served += 1
        if let worker, served <= settings.itemsPerWorker { return worker }
        worker = nil
        let started = try settings.startWorker()
        (worker, served) = (started, 1)
        return started
    }

    /// Of a file that killed its worker: it can still match by its bytes. Nil when that takes too long.
    private func digest(_ file: OpenItem.OpenFile, _ stop: StopFlag) -> SHA256Digest? {
        guard file.stamp.byteCount <= settings.limits.bytes else { return nil }
        let end = ContinuousClock.now + .seconds(settings.limits.wallSeconds)
        let hasher = SHA256Hasher()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var offset = 0
        while !stop.isOverdue, ContinuousClock.now < end, offset <= settings.limits.bytes {
            let got = pread(file.descriptor, &chunk, chunk.count, off_t(offset))
            if got == 0 { return SHA256Digest(bytes: hasher.finish()) }
            if got > 0 {
                chunk.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
                offset += got
            } else if errno != EINTR {
                return nil
            }
        }
        return nil
    }
}

extension StoredContent {
    /// Nil for what is better tried again: files that could not be read to their end.
    fileprivate init?(_ examination: Examination) {
        guard let sha256 = examination.item.sha256, let byteCount = examination.item.byteCount else { return nil }
        self.init(
            sha256: sha256, byteCount: byteCount, content: examination.content,
            details: examination.details)
    }
}

extension Examination {
    fileprivate init(_ item: SourceItem, _ known: StoredContent) {
        self.init(
            item: ItemIdentity(provenance: item.provenance, byteCount: known.byteCount, sha256: known.sha256),
            content: known.content, details: known.details)
    }

    fileprivate init(
        _ item: SourceItem, _ failure: ItemFailure, byteCount: Int64? = nil, sha256: SHA256Digest? = nil
    ) {
        self.init(
            item: ItemIdentity(provenance: item.provenance, byteCount: byteCount, sha256: sha256),
            content: .failure(failure, format: .unknown))
    }
}

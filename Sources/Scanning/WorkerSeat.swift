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
    private let confirms: @Sendable (Feature) -> Bool
    private var worker: WorkerProcess?
    /// Items that the worker was given.
    private var served = 0

    /// - Parameter confirms: whether a fast hash is to be followed by the exact one.
    init(
        settings: Examiner.Settings, ledger: Ledger?, worker: WorkerProcess?,
        confirms: @escaping @Sendable (Feature) -> Bool
    ) {
        (self.settings, self.ledger, self.worker, self.confirms) = (settings, ledger, worker, confirms)
        request = settings.request(settings.precision, wantsDigestFirst: ledger != nil)
        exactRequest = settings.request(.exact, wantsDigestFirst: false)
    }

    /// Nil when the run was stopped meanwhile.
    func examine(_ item: SourceItem, stop: StopFlag) throws -> Examination? {
        if let failure = item.failure { return Examination(item, failure) }
        let descriptor = openItem(item.provenance.path)
        guard descriptor >= 0 else {
            let (code, why) = (errno, String(cString: strerror(errno)))
            // What the system lacks is not the item's fault.
            if [EMFILE, ENFILE, ENOMEM].contains(code) {
                throw WorkerStartError("No further file can be opened: \(why).")
            }
            return Examination(item, ItemFailure(.undecodable, .unreadable, "can't be opened: \(why)"))
        }
        defer { close(descriptor) }
        guard let stamp = FileStamp(descriptor) else {
            return Examination(
                item,
                ItemFailure(
                    .undecodable, .notAFile,
                    FileStamp.isFolder(descriptor) ? "a folder" : "a device, a pipe or a socket"))
        }
        guard let ledger else {
            return try work(request, on: item, descriptor, stamp, stop) { _ in .decode }
                .flatMap { try confirmed($0, item, descriptor, stamp, stop) }
        }
        let path = absolute(item.provenance.path)
        if let known = try ledger.recall(path: path, stamp: stamp) {
            return try confirmed(Examination(item, known), item, descriptor, stamp, stop)
        }

        // Same bytes elsewhere are decoded once; until this thread is done with them, others wait.
        var claim: SHA256Digest?
        var known: StoredContent?
        var failure: LedgerError?
        defer { if let claim { ledger.giveUp(claim) } }
        let examination = try work(request, on: item, descriptor, stamp, stop) { digest in
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
        if let known {
            // A file that changed while it was read is not the file that the stamp names.
            if FileStamp(descriptor) == stamp { try ledger.remember(path: path, stamp: stamp, known) }
            return try confirmed(Examination(item, known), item, descriptor, stamp, stop)
        }
        guard let examination else { return nil }
        if let content = StoredContent(examination), FileStamp(descriptor) == stamp {
            try ledger.remember(path: path, stamp: stamp, content)
            if claim == content.sha256 { claim = nil }
        }
        return try confirmed(examination, item, descriptor, stamp, stop)
    }

    /// With the exact hash, where the verdict may rest on it. Nil when the run was stopped.
    ///
    /// The ledger doesn't keep it: that it was wanted would tell of a reference, even when its case is gone.
    private func confirmed(
        _ examination: Examination, _ item: SourceItem, _ descriptor: Int32, _ stamp: FileStamp, _ stop: StopFlag
    ) throws(WorkerStartError) -> Examination? {
        guard examination.picture?.precision == .fast,
            let fast = examination.feature, confirms(fast)
        else { return examination }
        guard let exact = try work(exactRequest, on: item, descriptor, stamp, stop, decide: { _ in .decode }) else {
            return nil
        }
        // If it changed meanwhile, or is over a limit now, the fast hash has to do.
        guard exact.item.sha256 == examination.item.sha256, let feature = exact.feature else { return examination }
        return Examination(item: examination.item, content: examination.content, confirmation: feature)
    }

    /// Nil when the run was stopped, or `decide` said to skip the item.
    private func work(
        _ request: WorkerRequest, on item: SourceItem, _ descriptor: Int32, _ stamp: FileStamp, _ stop: StopFlag,
        decide: (SHA256Digest) -> WorkerDecision
    ) throws(WorkerStartError) -> Examination? {
        // A worker that dies may have been spoiled by the item before: the second one's death counts.
        for attempt in 1...2 {
            let current = try currentWorker()
            do throws(WorkerProcess.Loss) {
                let reply = try current.examine(descriptor: descriptor, request: request, stop: stop, decide: decide)
                return reply.map { Examination(item: item, reply: $0) }
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
                return Examination(item, failure, byteCount: stamp.byteCount, sha256: digest(descriptor, stamp, stop))
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

    /// Never waits, whatever the path names (a pipe without a writer would).
    private func openItem(_ path: [UInt8]) -> Int32 {
        (path + [0]).withUnsafeBytes {
            open($0.assumingMemoryBound(to: CChar.self).baseAddress!, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        }
    }

    /// Ledgers are asked from other folders, too.
    private func absolute(_ path: [UInt8]) -> [UInt8] {
        path.first == UInt8(ascii: "/") ? path : Self.workingFolder + path
    }

    private static let workingFolder: [UInt8] = {
        guard let path = getcwd(nil, 0) else { return [] }
        defer { free(path) }
        let bytes = Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
        return bytes.last == UInt8(ascii: "/") ? bytes : bytes + [UInt8(ascii: "/")]
    }()

    /// Of a file that killed its worker: it can still match by its bytes. Nil when that takes too long.
    private func digest(_ descriptor: Int32, _ stamp: FileStamp, _ stop: StopFlag) -> SHA256Digest? {
        guard stamp.byteCount <= settings.limits.bytes else { return nil }
        let end = ContinuousClock.now + .seconds(settings.limits.wallSeconds)
        let hasher = SHA256Hasher()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var offset = 0
        while !stop.isOverdue, ContinuousClock.now < end, offset <= settings.limits.bytes {
            let got = pread(descriptor, &chunk, chunk.count, off_t(offset))
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

extension FileStamp {
    fileprivate static func isFolder(_ descriptor: Int32) -> Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Nil for what is no ordinary file.
    fileprivate init?(_ descriptor: Int32) {
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(
            byteCount: Int64(info.st_size),
            modified: Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec),
            inode: Int64(bitPattern: UInt64(info.st_ino)))
    }
}

extension StoredContent {
    /// Nil for what is better tried again: files that could not be read to their end.
    fileprivate init?(_ examination: Examination) {
        guard let sha256 = examination.item.sha256, let byteCount = examination.item.byteCount else { return nil }
        self.init(sha256: sha256, byteCount: byteCount, content: examination.content)
    }
}

extension Examination {
    fileprivate init(_ item: SourceItem, _ known: StoredContent) {
        self.init(
            item: ItemIdentity(provenance: item.provenance, byteCount: known.byteCount, sha256: known.sha256),
            content: known.content)
    }

    fileprivate init(
        _ item: SourceItem, _ failure: ItemFailure, byteCount: Int64? = nil, sha256: SHA256Digest? = nil
    ) {
        self.init(
            item: ItemIdentity(provenance: item.provenance, byteCount: byteCount, sha256: sha256),
            content: .failure(failure, format: .unknown))
    }
}

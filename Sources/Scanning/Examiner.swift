import ContentDigest
import Glibc
public import MediaModel
public import MediaSources
import WorkerProtocol

/// Sends items through worker processes, several at a time, and hands the results on
/// in the order of the items.
public struct Examiner: Sendable {
    public struct Settings: Sendable, Hashable {
        /// Path of `ansim-worker`.
        public var workerExecutable: String
        /// Worker processes, at least 1.
        public var workers: Int
        public var wanted: HashSet
        public var convention: HashConvention
        public var limits: ItemLimits

        public init(
            workerExecutable: String, workers: Int, wanted: HashSet = .single,
            convention: HashConvention = .fullSize, limits: ItemLimits = ItemLimits()
        ) {
            (self.workerExecutable, self.workers) = (workerExecutable, max(1, workers))
            (self.wanted, self.convention, self.limits) = (wanted, convention, limits)
        }

        var request: WorkerRequest {
            WorkerRequest(wanted: wanted, convention: convention, limits: limits)
        }
        /// What a worker may allocate: the file, the picture, and what the codecs need for themselves.
        var workerMemory: Int { limits.bytes + limits.memory + (256 << 20) }
    }

    public let settings: Settings

    public init(settings: Settings) { self.settings = settings }

    /// Examines `items` until they end or `stop` is requested.
    ///
    /// - Parameters:
    ///   - process: makes something of an examination, on several threads at once.
    ///   - deliver: takes the results in the order of the items, on the calling thread.
    /// - Returns: whether all items were delivered.
    /// - Throws: what `deliver` throws, or `WorkerStartError`.
    public func run<Result: Sendable>(
        _ items: some IteratorProtocol<SourceItem>, stop: StopFlag,
        process: @escaping @Sendable (Examination) -> Result, deliver: (Result) throws -> Void
    ) throws -> Bool {
        // The first worker now: if it can't start, nothing can.
        let first = try WorkerProcess(
            executable: settings.workerExecutable, memory: settings.workerMemory)
        let queue = OrderedQueue<Result>(items: items, threads: settings.workers, stop: stop)
        let seats = (0..<settings.workers).map { WorkerSeat(settings: settings, worker: $0 == 0 ? first : nil) }
        let threads = seats.map { seat in
            WorkerThread {
                do throws(WorkerStartError) {
                    while let (number, item) = queue.next() {
                        guard let examination = try seat.examine(item, stop: stop) else { break }
                        queue.put(process(examination), at: number)
                    }
                    queue.threadEnded(nil)
                } catch {
                    queue.threadEnded(error)
                }
            }
        }
        defer {
            queue.close()
            for thread in threads { thread.join() }
        }
        while let result = try queue.take() { try deliver(result) }
        return queue.isComplete
    }
}

/// A thread's worker process and its replacements.
private final class WorkerSeat: @unchecked Sendable {  // used by one thread only
    private let settings: Examiner.Settings
    private var worker: WorkerProcess?

    init(settings: Examiner.Settings, worker: WorkerProcess?) { (self.settings, self.worker) = (settings, worker) }

    /// Nil when the run was stopped meanwhile.
    func examine(_ item: SourceItem, stop: StopFlag) throws(WorkerStartError) -> Examination? {
        if let failure = item.failure { return failed(item, failure) }
        let descriptor = openItem(item.provenance.path)
        guard descriptor >= 0 else {
            return failed(item, ItemFailure(.undecodable, .unreadable, String(cString: strerror(errno))))
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            return failed(item, ItemFailure(.undecodable, .notAFile, "a device, a pipe or a socket"))
        }
        // A worker that dies may have been spoiled by the item before: the second one's death counts.
        for attempt in 1...2 {
            let current = try currentWorker()
            do throws(WorkerProcess.Loss) {
                let reply = try current.examine(descriptor: descriptor, request: settings.request, stop: stop)
                return Examination(item: item, reply: reply)
            } catch {
                worker = nil
                let failure: ItemFailure
                switch error {
                case .stopped: return nil
                case .died where attempt == 1, .malformed where attempt == 1: continue
                case .died(let ending):
                    failure = ItemFailure(.undecodable, .decoderCrashed, "the decoder died on it (\(ending))")
                case .malformed:
                    failure = ItemFailure(.undecodable, .decoderCrashed, "the decoder answered nonsense")
                case .timedOut:
                    failure = ItemFailure(.overLimit, .tooSlow, "takes more than \(settings.limits.seconds) s")
                }
                return failed(item, failure, byteCount: info.st_size, sha256: digest(descriptor))
            }
        }
        return nil
    }

    private func currentWorker() throws(WorkerStartError) -> WorkerProcess {
        if let worker { return worker }
        let started = try WorkerProcess(executable: settings.workerExecutable, memory: settings.workerMemory)
        worker = started
        return started
    }

    private func failed(
        _ item: SourceItem, _ failure: ItemFailure, byteCount: Int? = nil, sha256: SHA256Digest? = nil
    ) -> Examination {
        Examination(
            item: ItemIdentity(provenance: item.provenance, byteCount: byteCount.map(Int64.init), sha256: sha256),
            content: .failure(failure, format: .unknown))
    }

    /// Never waits, whatever the path names (a pipe without a writer would).
    private func openItem(_ path: [UInt8]) -> Int32 {
        (path + [0]).withUnsafeBytes {
            open($0.assumingMemoryBound(to: CChar.self).baseAddress!, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        }
    }

    /// Of a file that killed its worker: it can still match by its bytes.
    private func digest(_ descriptor: Int32) -> SHA256Digest? {
        let hasher = SHA256Hasher()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var offset = 0
        while true {
            let got = pread(descriptor, &chunk, chunk.count, off_t(offset))
            if got == 0 { return SHA256Digest(bytes: hasher.finish()) }
            if got > 0 {
                chunk.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
                offset += got
            } else if errno != EINTR {
                return nil
            }
        }
    }
}

extension Examination {
    init(item: SourceItem, reply: WorkerReply) {
        let identity = ItemIdentity(
            provenance: item.provenance, byteCount: reply.byteCount, sha256: reply.sha256)
        switch reply.content {
        case .picture(let facts, let hashes): self.init(item: identity, content: .picture(facts, hashes: hashes))
        case .failure(let failure, let format): self.init(item: identity, content: .failure(failure, format: format))
        }
    }
}

import Glibc
public import Matching
public import MediaModel
public import MediaSources
package import WorkerProtocol

/// Sends items through worker processes, several at a time, and hands the results on
/// in the order of the items.
public struct Examiner: Sendable {
    public struct Settings: Sendable, Hashable {
        /// Path of `ansim-worker`. What it refers to another worker goes to the one of this name with "-av".
        public var workerExecutable: String
        /// Worker processes, at least 1.
        public var workers: Int
        public var wanted: HashSet
        public var convention: HashConvention
        /// Fast goes with the full-size convention and a single hash.
        public var precision: HashPrecision
        public var limits: ItemLimits
        /// Of videos, which frames are looked at.
        public var frameMode = FrameMode.keyFrames(maximumGap: nil)
        /// Of these, only those that differ from the last one kept by more bits; -1 for all.
        public var leastFrameDistance = -1
        /// Of pictures, what is wanted beside their hashes.
        public var depth = SearchDepth.quick
        /// How archives are opened; nil when they are not, and then they are files of an unknown format.
        public var archives: ArchiveLimits?
        /// Path of `ansim-unpacker`.
        public var unpackerExecutable = "ansim-unpacker"
        /// Whether sidecars may tell who uploaded an item.
        public var keepsUploader = false
        /// A small gray picture of each item as well.
        public var wantsThumbnail = false
        /// The items' MD5 and SHA-1 as well; also when the ledger keeps them.
        public var wantsAllDigests = false
        /// Items after which a worker is replaced, so that what its codecs leak can't add up.
        public var itemsPerWorker = 10_000
        /// False only when the user insists.
        public var isSandboxed: Bool

        public init(
            workerExecutable: String, workers: Int, wanted: HashSet = .single,
            convention: HashConvention = .fullSize, precision: HashPrecision = .exact,
            limits: ItemLimits = ItemLimits(), isSandboxed: Bool = true
        ) {
            precondition(precision == .exact || (wanted == .single && convention == .fullSize))
            self.isSandboxed = isSandboxed
            (self.workerExecutable, self.workers) = (workerExecutable, max(1, workers))
            (self.wanted, self.convention) = (wanted, convention)
            (self.precision, self.limits) = (precision, limits)
        }

        package func request(
            _ precision: HashPrecision, _ frameMode: FrameMode, wantsDigestFirst: Bool
        ) -> WorkerRequest {
            var request = WorkerRequest(
                wanted: wanted, convention: convention, precision: precision, limits: limits,
                frameMode: frameMode, leastFrameDistance: leastFrameDistance, depth: depth,
                wantsDigestFirst: wantsDigestFirst)
            request.wantsThumbnail = wantsThumbnail
            request.wantsAllDigests = wantsAllDigests
            return request
        }

        /// Looks whether the programs are there that a run may need, at its start instead of in the middle.
        public func checkPrograms() throws(WorkerStartError) {
            var programs = [workerExecutable, furtherWorkerExecutable]
            if archives != nil { programs.append(unpackerExecutable) }
            for program in programs where access(program, X_OK) != 0 {
                throw WorkerStartError(
                    errno == ENOENT
                        ? "There is no \(program); it has to lie beside ansim."
                        : "\(program) can't be started: \(String(cString: strerror(errno))).")
            }
        }

        /// Path of `ansim-worker-av`.
        var furtherWorkerExecutable: String { workerExecutable + "-av" }

        func startWorker(_ kind: WorkerPost.Kind) throws(WorkerStartError) -> WorkerProcess {
            let executable = kind == .first ? workerExecutable : furtherWorkerExecutable
            var failure: WorkerStartError?
            for _ in 1...5 {
                do throws(WorkerStartError) {
                    return try WorkerProcess(
                        executable: executable, memory: workerMemory, isSandboxed: isSandboxed)
                } catch {
                    guard error.mayPass else { throw error }
                    failure = error
                }
            }
            throw failure!
        }

        /// What a worker may allocate: the file, the picture, and what the codecs need for themselves.
        var workerMemory: Int { limits.bytes + limits.memory + (256 << 20) }
    }

    public let settings: Settings

    let ledger: Ledger?

    /// - Parameter ledger: what it knows is not decoded again, what it doesn't it learns.
    public init(settings: Settings, ledger: Ledger? = nil) {
        precondition(ledger == nil || settings.wanted == .single, "a ledger keeps one hash")
        var settings = settings
        if ledger?.keepsDigests == true { settings.wantsAllDigests = true }
        (self.settings, self.ledger) = (settings, ledger)
    }

    /// Examines `items` until they end or `stop` is requested.
    ///
    /// - Parameters:
    ///   - confirms: whether a fast hash is to be followed by the exact one; asked on several threads at once.
    ///   - looksCloser: whether a video's frames ask for more of them; likewise.
    ///   - process: makes something of an examination and of its open file, if there is one; on several threads at once.
    ///   - deliver: takes the results in the order of the items, on the calling thread.
    ///   - notice: takes sentences about the system that the user should know.
    /// - Returns: whether all items were delivered.
    /// - Throws: what `deliver` throws, `WorkerStartError` or `LedgerError`.
    public func run<Outcome: Sendable>(
        _ items: some IteratorProtocol<SourceItem>, stop: StopFlag, notice: (String) -> Void = { _ in },
        confirms: @escaping @Sendable (Feature) -> Bool = { _ in false },
        looksCloser: @escaping @Sendable (SearchedVideo) -> Bool = { _ in false },
        process: @escaping @Sendable (Examination, Int32?) -> Outcome, deliver: (Outcome) throws -> Void
    ) throws -> Bool {
        // The first worker now: if it can't start, nothing can.
        let first = try settings.startWorker(.first)
        if !settings.isSandboxed {
            notice("Decoders run without a sandbox: a hostile file can do what you can do.")
        } else if first.landlockVersion == 0 {
            notice("This kernel has no Landlock: the decoders' sandbox relies on seccomp alone.")
        }
        // Whoever takes the results may fail: then nothing that is under way matters any more.
        let abandon = StopFlag(parent: stop)
        let context = ArchiveContext(settings, stop: abandon)
        let queue = OrderedQueue<Outcome>(items: items, threads: settings.workers, stop: abandon)
        let seats = (0..<settings.workers).map {
            WorkerSeat(
                settings: settings, ledger: ledger, worker: $0 == 0 ? first : nil, confirms: confirms,
                looksCloser: looksCloser)
        }
        var threads: [WorkerThread] = []
        defer {
            queue.close()
            for thread in threads { thread.join() }
        }
        for seat in seats {
            try threads.append(
                WorkerThread {
                    do {
                        // While the worker is at some items, the next ones are opened and the system reads them.
                        let supply = BatchSupply(
                            queue: queue, context: context, ledger: ledger)
                        var isStopped = false
                        while !isStopped, let items = try supply.next(seat.batchSize) {
                            var results: [(Ticket, Outcome)] = []
                            isStopped = try !seat.examine(
                                items, stop: abandon, meanwhile: { supply.prepare(seat.batchSize) },
                                finish: { item, examination in
                                    results.append((item.ticket, process(examination, item.descriptor)))
                                })
                            queue.put(results)
                        }
                        queue.threadEnded(nil)
                    } catch {
                        queue.threadEnded(error)
                    }
                })
        }
        defer { try? ledger?.flush() }
        do {
            while case let results = try queue.take(), !results.isEmpty {
                for result in results { try deliver(result) }
            }
        } catch {
            abandon.request()
            throw error
        }
        try ledger?.flush()
        return queue.isComplete
    }
}

extension Examination {
    init(item: SourceItem, reply: WorkerReply, frames: HashedFrames) {
        let identity = ItemIdentity(
            provenance: item.provenance, byteCount: reply.byteCount, sha256: reply.sha256, digests: reply.digests)
        defer { thumbnail = reply.thumbnail }
        switch reply.content {
        case .picture(let facts, let hashes):
            self.init(item: identity, content: .picture(facts, hashes: hashes), details: reply.details)
        case .video(let facts, _): self.init(item: identity, content: .video(facts, frames: frames))
        case .failure(let failure, let format): self.init(item: identity, content: .failure(failure, format: format))
        }
    }
}

import CSandbox
import Glibc
import MediaModel
import WorkerProtocol

/// One sandboxed decoder process. One batch of items at a time; not thread-safe.
final class WorkerProcess {
    private let process: SandboxedProcess
    private var channel: Int32 { process.channel }
    /// The kernel's Landlock version in the worker; 0 when seccomp protects alone.
    var landlockVersion: Int { process.landlockVersion }

    /// How an item ended that got no reply.
    enum Loss: Error, Hashable {
        /// By a signal (its number) or an exit code, in words.
        case died(String)
        /// By a signal that no process sends to itself: by the system, for want of memory, or by somebody.
        case killed
        case timedOut
        /// It used up its CPU time, and the kernel ended it.
        case outOfTime
        /// It answered against the protocol.
        case malformed
        /// The run is being stopped.
        case stopped
        /// The system has no file left for what it is to write, and why.
        case noFile(String)
    }

    /// Starts `executable` and waits until it is locked down.
    ///
    /// - Parameter memory: bytes that the worker may allocate.
    init(executable: String, memory: Int, isSandboxed: Bool) throws(WorkerStartError) {
        process = try SandboxedProcess(
            executable: executable, arguments: [String(memory)], isSandboxed: isSandboxed,
            maximumMessage: WorkerReply.maximumCount)
    }

    /// What came of an item.
    enum Answer {
        case reply(WorkerReply, frames: HashedFrames)
        /// It was decided to skip it.
        case skipped
        /// The worker can't decode it: another one has to.
        case referred
    }

    /// Asks about the items behind `descriptors`. After an error the worker is dead, and which of the items that had no
    /// answer yet it died on is not known.
    ///
    /// - Parameters:
    ///   - mayRefer: whether there is another worker for what this one can't decode.
    ///   - meanwhile: called when the worker has begun.
    ///   - decide: asked for the digests, if the request wants them first; those of items that failed are nil.
    ///   - take: takes each item's answer, by its place in `descriptors`.
    func examine(
        _ descriptors: [Int32], request: WorkerRequest, mayRefer: Bool, stop: StopFlag, meanwhile: () -> Void,
        decide: ([SHA256Digest?]) -> [WorkerDecision], take: (Int, Answer) -> Void
    ) throws(Loss) {
        let batch = Frame.encode(WorkerBatch(request: request, itemCount: descriptors.count).encoded)
        guard cs_send(channel, batch, batch.count, descriptors, descriptors.count) == 0 else { throw end() }
        meanwhile()
        var waiting = Array(descriptors.indices)
        if request.wantsDigestFirst { waiting = try settle(waiting, request, mayRefer, stop, decide, take) }
        for place in waiting {
            var deadline = Deadline(request)
            take(place, try answer(startingWith: receive(&deadline, stop), &deadline, request, mayRefer, stop))
        }
    }

    /// Receives the items' digests and sends the decisions; gives the items that are to be decoded.
    private func settle(
        _ places: [Int], _ request: WorkerRequest, _ mayRefer: Bool, _ stop: StopFlag,
        _ decide: ([SHA256Digest?]) -> [WorkerDecision], _ take: (Int, Answer) -> Void
    ) throws(Loss) -> [Int] {
        var digests: [SHA256Digest?] = []
        for place in places {
            var deadline = Deadline(request)
            var message = try receive(&deadline, stop)
            // Signs of life while a large file is read.
            while WorkerFrames.isOne(message), (try? WorkerFrames(decoding: message[...]))?.frames.isEmpty == true {
                message = try receive(&deadline, stop)
            }
            let digest = (try? WorkerDigest(decoding: message[...]))?.sha256
            digests.append(digest)
            if digest == nil { take(place, try answer(startingWith: message, &deadline, request, mayRefer, stop)) }
        }
        let decisions = decide(digests)
        let asked = places.filter { digests[$0] != nil }
        let bytes = asked.map { decisions[$0].rawValue }
        guard cs_send(channel, bytes, bytes.count, nil, 0) == 0 else { throw end() }
        for place in asked where decisions[place] == .skip { take(place, .skipped) }
        return asked.filter { decisions[$0] == .decode }
    }

    /// The answer whose first message is `first`: of a video, frames come before the reply, so that it may take its time.
    private func answer(
        startingWith first: [UInt8], _ deadline: inout Deadline, _ request: WorkerRequest, _ mayRefer: Bool,
        _ stop: StopFlag
    ) throws(Loss) -> Answer {
        if mayRefer, (try? WorkerReferral(decoding: first[...])) != nil { return .referred }
        var message = first
        var frames = HashedFrames()
        var detailBytes = 0
        while WorkerFrames.isOne(message) {
            let more = try? WorkerFrames(decoding: message[...])
            detailBytes += more?.frames.reduce(0) { $0 + ($1.details.isEmpty ? 0 : $1.details.byteCount) } ?? 0
            let hashes = request.wanted == .single ? 1 : Dihedral.allCases.count
            guard let more, frames.count + more.frames.count <= request.limits.frames,
                more.frames.allSatisfy({ $0.hashes.count == hashes }), detailBytes <= Self.maximumDetailBytes
            else {
                _ = end()
                throw .malformed
            }
            for frame in more.frames { frames.append(frame) }
            message = try receive(&deadline, stop)
        }
        guard let reply = try? WorkerReply(decoding: message[...]), Self.announced(reply) == frames.count else {
            _ = end()
            throw .malformed
        }
        return .reply(reply, frames: frames)
    }

    /// Of the details of a video's frames: some times what a worker sends of the longest one.
    private static let maximumDetailBytes = 256 << 20

    /// Frames that must have come before a reply.
    private static func announced(_ reply: WorkerReply) -> Int {
        if case .video(_, let count) = reply.content { count } else { 0 }
    }

    private func receive(_ deadline: inout Deadline, _ stop: StopFlag) throws(Loss) -> [UInt8] {
        deadline.sawSign()
        // Messages that come without end would never be waited for.
        guard !deadline.isUsedUp else {
            _ = end()
            throw .timedOut
        }
        return try process.receive(until: &deadline, stop: stop)
    }

    private func end() -> Loss { process.end() }
}

extension Deadline {
    /// Of one item: a picture gives one sign of life, its reply.
    fileprivate init(_ request: WorkerRequest) {
        self.init(
            seconds: request.limits.wallSeconds, inAll: max(request.limits.wallSeconds, request.limits.videoWallSeconds)
        )
    }
}

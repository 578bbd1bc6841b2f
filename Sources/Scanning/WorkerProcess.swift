import CSandbox
import Glibc
import MediaModel
import WorkerProtocol

/// One sandboxed decoder process. One batch of items at a time; not thread-safe.
final class WorkerProcess {
    private let pid: pid_t
    private let channel: Int32
    private var isReaped = false
    private var inbox: Inbox
    /// The kernel's Landlock version in the worker; 0 when seccomp protects alone.
    let landlockVersion: Int

    /// How an item ended that got no reply.
    enum Loss: Error, Hashable {
        /// By a signal (its number) or an exit code, in words.
        case died(String)
        case timedOut
        /// It used up its CPU time, and the kernel ended it.
        case outOfTime
        /// It answered against the protocol.
        case malformed
        /// The run is being stopped.
        case stopped
    }

    /// Starts `executable` and waits until it is locked down.
    ///
    /// - Parameter memory: bytes that the worker may allocate.
    init(executable: String, memory: Int, isSandboxed: Bool) throws(WorkerStartError) {
        var channel: Int32 = -1
        let words = [executable, String(memory)] + (isSandboxed ? [] : ["--insecure-no-sandbox"])
        let pid = Self.withCStrings(words) { arguments in
            Self.withCStrings(Self.environment) { cs_spawn(executable, arguments, $0, &channel) }
        }
        guard pid > 0 else {
            throw WorkerStartError(
                -pid == ENOENT
                    ? "There is no \(executable); it has to lie beside ansim."
                    : "\(executable) can't be started: \(String(cString: strerror(-pid))).")
        }
        let asked = ContinuousClock.now
        var inbox = Inbox(channel: channel)
        let message = try? inbox.receive(milliseconds: 20_000, keepWaiting: { true })
        guard let message, let hello = try? WorkerHello(decoding: message[...]),
            hello.version == WorkerHello.protocolVersion, hello.failure == nil
        else {
            close(channel)
            _ = cs_reap(pid, 1)
            let hello = message.flatMap { try? WorkerHello(decoding: $0[...]) }
            throw WorkerStartError(
                hello?.failure.map {
                    "The decoders' sandbox is not complete on this system (\($0)). See --insecure-no-sandbox."
                }
                    ?? "\(executable) is not a worker of this version"
                    + (message == nil ? ", or does not answer." : "."),
                mayPass: message == nil && ContinuousClock.now - asked < .seconds(2))
        }
        (self.pid, self.channel, self.inbox) = (pid, channel, inbox)
        landlockVersion = hello.landlockVersion
    }

    deinit {
        close(channel)
        if !isReaped { _ = cs_reap(pid, 1) }
    }

    /// What came of an item.
    enum Answer {
        case reply(WorkerReply, frames: [HashedFrame])
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
        for place in waiting { take(place, try answer(startingWith: receive(request, stop), request, mayRefer, stop)) }
    }

    /// Receives the items' digests and sends the decisions; gives the items that are to be decoded.
    private func settle(
        _ places: [Int], _ request: WorkerRequest, _ mayRefer: Bool, _ stop: StopFlag,
        _ decide: ([SHA256Digest?]) -> [WorkerDecision], _ take: (Int, Answer) -> Void
    ) throws(Loss) -> [Int] {
        var digests: [SHA256Digest?] = []
        for place in places {
            var message = try receive(request, stop)
            // Signs of life while a large file is read.
            while WorkerFrames.isOne(message), (try? WorkerFrames(decoding: message[...]))?.frames.isEmpty == true {
                message = try receive(request, stop)
            }
            let digest = (try? WorkerDigest(decoding: message[...]))?.sha256
            digests.append(digest)
            if digest == nil { take(place, try answer(startingWith: message, request, mayRefer, stop)) }
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
        startingWith first: [UInt8], _ request: WorkerRequest, _ mayRefer: Bool, _ stop: StopFlag
    ) throws(Loss) -> Answer {
        if mayRefer, (try? WorkerReferral(decoding: first[...])) != nil { return .referred }
        var message = first
        var frames: [HashedFrame] = []
        var detailBytes = 0
        while WorkerFrames.isOne(message) {
            let more = try? WorkerFrames(decoding: message[...])
            detailBytes += more?.frames.reduce(0) { $0 + ($1.details.isEmpty ? 0 : $1.details.byteCount) } ?? 0
            guard let more, frames.count + more.frames.count <= request.limits.frames,
                detailBytes <= Self.maximumDetailBytes
            else {
                _ = end()
                throw .malformed
            }
            frames += more.frames
            message = try receive(request, stop)
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

    private func receive(_ request: WorkerRequest, _ stop: StopFlag) throws(Loss) -> [UInt8] {
        do throws(Loss) {
            return try inbox.receive(milliseconds: request.limits.wallSeconds * 1000) { !stop.isOverdue }
        } catch .died {
            throw end()
        } catch {
            _ = end()
            throw error
        }
    }

    private func end() -> Loss {
        // Its own end comes first: a kill would hide why it died.
        var status = cs_wait_readable(channel, 0) > 0 ? reapIfGone() : nil
        if status == nil { status = cs_reap(pid, 1) }
        isReaped = true
        return cs_status_signal(status!) == SIGPROF ? .outOfTime : .died(Self.ending(status!))
    }

    private func reapIfGone() -> Int32? {
        for _ in 0..<50 {
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid { return status }
            usleep(2000)
        }
        return nil
    }

    private static func ending(_ status: Int32) -> String {
        let signal = cs_status_signal(status)
        if signal != 0 { return "signal \(signal), \(String(cString: strsignal(signal)))" }
        return "exit code \(cs_status_exit_code(status))"
    }

    /// What a worker needs of ours: where the Swift runtime lies, and the kernels' level.
    private static var environment: [String] {
        ["LD_LIBRARY_PATH", "ANSIM_KERNEL_LEVEL"].compactMap { name in
            getenv(name).map { name + "=" + String(cString: $0) }
        }
    }

    private static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

/// A worker could not be started; the text is a sentence for the user.
public struct WorkerStartError: Error, Hashable, CustomStringConvertible {
    public let description: String
    /// It died before it said a word, as when something killed it: another try may succeed.
    let mayPass: Bool

    init(_ description: String, mayPass: Bool = false) {
        (self.description, self.mayPass) = (description, mayPass)
    }
}

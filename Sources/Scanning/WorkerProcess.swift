import CSandbox
import Glibc
import MediaModel
import WorkerProtocol

/// One sandboxed decoder process. One item at a time; not thread-safe.
final class WorkerProcess {
    private let pid: pid_t
    private let channel: Int32
    private var isReaped = false
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
                    ? "There is no \(executable); ansim-worker has to lie beside ansim."
                    : "\(executable) can't be started: \(String(cString: strerror(-pid))).")
        }
        let asked = ContinuousClock.now
        let message = try? Self.receive(from: channel, milliseconds: 20_000, keepWaiting: { true })
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
        (self.pid, self.channel, landlockVersion) = (pid, channel, hello.landlockVersion)
    }

    deinit {
        close(channel)
        if !isReaped { _ = cs_reap(pid, 1) }
    }

    /// The worker's answer about the item behind `descriptor`. After an error the worker is dead.
    ///
    /// - Parameters:
    ///   - meanwhile: called when the worker has begun.
    ///   - decide: asked for the digest, if the request wants it first.
    /// - Returns: nil when `decide` said to skip the item.
    func examine(
        descriptor: Int32, request: WorkerRequest, stop: StopFlag, meanwhile: () -> Void,
        decide: (SHA256Digest) -> WorkerDecision
    ) throws(Loss) -> (reply: WorkerReply, frames: [HashedFrame])? {
        let frame = Frame.encode(request.encoded)
        guard cs_send_with_fd(channel, frame, frame.count, descriptor) == 0 else { throw end() }
        meanwhile()
        var message = try receive(request, stop)
        // Signs of life while a large file is read.
        while WorkerFrames.isOne(message), (try? WorkerFrames(decoding: message[...]))?.frames.isEmpty == true {
            message = try receive(request, stop)
        }
        if request.wantsDigestFirst, let digest = try? WorkerDigest(decoding: message[...]) {
            let decision = decide(digest.sha256)
            guard cs_send_with_fd(channel, [decision.rawValue], 1, -1) == 0 else { throw end() }
            if decision == .skip { return nil }
            message = try receive(request, stop)
        }
        // A video's frames come as they are decoded, so that it may take its time.
        var frames: [HashedFrame] = []
        while WorkerFrames.isOne(message) {
            guard let more = try? WorkerFrames(decoding: message[...]),
                frames.count + more.frames.count <= request.limits.frames
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
        return (reply, frames)
    }

    /// Frames that must have come before a reply.
    private static func announced(_ reply: WorkerReply) -> Int {
        if case .video(_, let count) = reply.content { count } else { 0 }
    }

    private func receive(_ request: WorkerRequest, _ stop: StopFlag) throws(Loss) -> [UInt8] {
        do throws(Loss) {
            return try Self.receive(from: channel, milliseconds: request.limits.wallSeconds * 1000) { !stop.isOverdue }
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

    /// One framed message.
    private static func receive(
        from channel: Int32, milliseconds: Int, keepWaiting: () -> Bool
    ) throws(Loss) -> [UInt8] {
        var bytes: [UInt8] = []
        var expected = Frame.headerCount
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while bytes.count < expected {
            let ready = cs_wait_readable(channel, 100)
            guard ready >= 0 else { throw .died("") }
            guard keepWaiting() else { throw .stopped }
            guard ContinuousClock.now < end else { throw .timedOut }
            if ready == 0 { continue }
            let wanted = expected - bytes.count
            let part = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                count = max(0, recv(channel, buffer.baseAddress, wanted, 0))
            }
            guard !part.isEmpty else { throw .died("") }
            bytes += part
            if bytes.count == Frame.headerCount, expected == Frame.headerCount {
                let count = Frame.messageCount(header: bytes)
                guard count <= WorkerReply.maximumCount else { throw .malformed }
                expected += count
            }
        }
        return Array(bytes.dropFirst(Frame.headerCount))
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

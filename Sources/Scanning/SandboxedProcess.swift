import CSandbox
import Glibc
import WorkerProtocol

/// A process of ours that gave up its rights, and the socket to it. Not thread-safe.
final class SandboxedProcess {
    private let pid: pid_t
    let channel: Int32
    private var isReaped = false
    private let inbox: Inbox
    /// The kernel's Landlock version in it; 0 when seccomp protects alone.
    let landlockVersion: Int

    /// Starts `executable` and waits until it is locked down.
    ///
    /// - Parameter maximumMessage: bytes of a message from it.
    init(
        executable: String, arguments: [String], isSandboxed: Bool, maximumMessage: Int
    ) throws(WorkerStartError) {
        var channel: Int32 = -1
        let words = [executable] + arguments + (isSandboxed ? [] : ["--insecure-no-sandbox"])
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
        let inbox = Inbox(channel: channel, maximumCount: maximumMessage)
        var deadline = Deadline(seconds: 20)
        let message = try? inbox.receive(until: &deadline, keepWaiting: { true })
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

    /// Whether a message, or the beginning of one, has come.
    var hasMessage: Bool { inbox.hasBytes || cs_wait_readable(channel, 0) != 0 }

    /// The next message. After an error the process is dead.
    func receive(until deadline: inout Deadline, stop: StopFlag) throws(WorkerProcess.Loss) -> [UInt8] {
        do throws(WorkerProcess.Loss) {
            return try inbox.receive(until: &deadline) { !stop.isOverdue }
        } catch .died {
            throw end()
        } catch {
            _ = end()
            throw error
        }
    }

    /// Ends it, and says how it ended.
    func end() -> WorkerProcess.Loss {
        guard !isReaped else { return .died("") }
        // Its own end comes first: a kill would hide why it died.
        var status = cs_wait_readable(channel, 0) > 0 ? reapIfGone() : nil
        if status == nil { status = cs_reap(pid, 1) }
        isReaped = true
        switch cs_status_signal(status!) {
        case SIGPROF: return .outOfTime
        case SIGKILL: return .killed
        default: return .died(Self.ending(status!))
        }
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

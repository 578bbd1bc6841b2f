import CSandbox
import Glibc
import MediaModel
import MediaSources
import WorkerProtocol

/// One sandboxed process that takes archives apart. One archive at a time; not thread-safe.
final class UnpackerProcess {
    private let process: SandboxedProcess
    /// Handed over, not filled yet, by their number in the archive.
    private var files: [Int: OwnedFile] = [:]
    private var handedOver = 0
    private(set) var served = 0

    /// Bytes that it may allocate: dictionaries of xz and 7z are most of it.
    private static let memory = 1 << 30

    init(executable: String, memberBytes: Int, isSandboxed: Bool) throws(WorkerStartError) {
        process = try SandboxedProcess(
            executable: executable, arguments: [String(Self.memory), String(memberBytes)], isSandboxed: isSandboxed,
            maximumMessage: UnpackerMessage.maximumCount)
    }

    /// Begins with an archive.
    func begin(_ archive: Int32, _ request: UnpackRequest) throws(WorkerProcess.Loss) {
        (files, handedOver) = ([:], 0)
        served += 1
        let bytes = request.encoded
        guard cs_send(process.channel, bytes, bytes.count, [archive], 1) == 0 else { throw process.end() }
    }

    /// Lets it go on, with as many empty files as it may hold.
    func order() throws(WorkerProcess.Loss) {
        var descriptors: [Int32] = []
        while files.count < UnpackerMessage.maximumFiles {
            let descriptor = cs_memory_file()
            guard descriptor >= 0 else { break }
            files[handedOver] = OwnedFile(descriptor: descriptor)
            handedOver += 1
            descriptors.append(descriptor)
        }
        guard !files.isEmpty else {
            let why = String(cString: strerror(errno))
            _ = process.end()
            throw .noFile(why)
        }
        let count = [UInt8(descriptors.count)]
        guard cs_send(process.channel, count, 1, descriptors, descriptors.count) == 0 else { throw process.end() }
    }

    /// Whether a message can be had without waiting.
    var hasMessage: Bool { process.hasMessage }

    /// - Parameter seconds: on the clock, that it may take.
    func receive(seconds: Int, stop: StopFlag) throws(WorkerProcess.Loss) -> UnpackerMessage {
        var deadline = Deadline(seconds: seconds)
        let bytes = try process.receive(until: &deadline, stop: stop)
        guard let message = try? UnpackerMessage(decoding: bytes[...]) else { throw malformed() }
        return message
    }

    /// The file that a member's bytes are in: nobody can change it any more.
    func sealed(_ number: Int, byteCount: Int64) throws(WorkerProcess.Loss) -> OwnedFile {
        guard let file = files.removeValue(forKey: number), cs_seal(file.descriptor) == 0,
            FileStamp(file.descriptor)?.byteCount == byteCount
        else { throw malformed() }
        return file
    }

    /// A file whose bytes are of no use.
    func discard(_ number: Int) { files[number] = nil }

    func malformed() -> WorkerProcess.Loss {
        _ = process.end()
        return .malformed
    }
}

/// Unpackers between two archives.
final class UnpackerPool: @unchecked Sendable {  // all state under the lock
    private let settings: Examiner.Settings
    private let lock = Lock()
    private var idle: [UnpackerProcess] = []

    /// Archives after which an unpacker is replaced, so that what the libraries leak can't add up.
    private static let archivesPerProcess = 1000

    init(settings: Examiner.Settings) { self.settings = settings }

    func take(_ limits: ArchiveLimits) throws(WorkerStartError) -> UnpackerProcess {
        if let process = lock.with({ idle.popLast() }) { return process }
        return try UnpackerProcess(
            executable: settings.unpackerExecutable, memberBytes: limits.memberBytes,
            isSandboxed: settings.isSandboxed)
    }

    /// - Precondition: it is at the end of an archive.
    func give(_ process: UnpackerProcess) {
        guard process.served < Self.archivesPerProcess else { return }
        lock.with { if idle.count < settings.workers { idle.append(process) } }
    }
}

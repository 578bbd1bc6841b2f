import CSandbox
import Glibc
public import WorkerProtocol

/// Takes an archive apart in this process, without a sandbox: for fuzzing.
///
/// - Parameter take: takes what an unpacker would send, and a member's bytes.
public func unpackUnprotected(
    _ descriptor: Int32, _ request: UnpackRequest, take: @escaping (UnpackerMessage, [UInt8]?) -> Void
) {
    let files = UnprotectedFiles(take)
    unpack(descriptor, request, files)
    files.closeAll()
}

private final class UnprotectedFiles: MemberTaker {
    private let body: (UnpackerMessage, [UInt8]?) -> Void
    private var files: [Int: Int32] = [:]
    private var count = 0

    init(_ body: @escaping (UnpackerMessage, [UInt8]?) -> Void) { self.body = body }

    func take(_ message: UnpackerMessage, now: Bool) -> Bool {
        guard case .member(let member) = message, let number = member.file, let file = files.removeValue(forKey: number)
        else {
            body(message, nil)
            return true
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(min(member.byteCount, 1 << 24)))
        let got = pread(file, &bytes, bytes.count, 0)
        body(message, Array(bytes.prefix(max(0, got))))
        return true
    }

    /// Descriptors of its own: those of the unpacker are closed by it.
    func order() -> [Int32]? {
        (0..<UnpackerMessage.maximumFiles).compactMap { _ in
            let file = cs_memory_file()
            guard file >= 0 else { return nil }
            files[count] = dup(file)
            count += 1
            return file
        }
    }

    func closeAll() { for file in files.values { close(file) } }
}

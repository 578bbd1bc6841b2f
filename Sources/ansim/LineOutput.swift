import ArgumentParser
import Glibc

/// Lines to standard output or a file: whole ones, even when the disk fills up.
final class LineOutput {
    /// Why no more can be written.
    enum Failure: Error, CustomStringConvertible {
        /// Nobody reads on; a run ends quietly then.
        case closed
        case diskFull(String)
        /// With nothing in it that can be read.
        case diskFullFromTheStart(String)
        case other(String, String)
        case notOpened(String, String)
        case holdsSomethingElse(String, than: String)
        case exists(String)
        case isInUse(String)

        /// Whether there was no room.
        var isOfTheDisk: Bool {
            switch self {
            case .diskFull, .diskFullFromTheStart: true
            default: false
            }
        }

        var description: String {
            switch self {
            case .closed: "Nobody reads the output any more."
            case .diskFull(let name):
                "The disk is full: \(name) ends with the last record that fitted. Make room and run the command again."
            case .diskFullFromTheStart(let name):
                "The disk is full: \(name) is empty. Make room and run the command again."
            case .other(let name, let why): "\(name) can't be written: \(why)."
            case .holdsSomethingElse(let name, let kind):
                "\(name) holds something else than \(kind); it was left as it is. Name another file, or add --overwrite."
            case .exists(let name):
                "\(name) exists; it was left as it is. Name another file, or add --overwrite."
            case .isInUse(let name):
                "Another command is writing to \(name). Wait until it has finished, or name another file."
            case .notOpened(let name, let why): "\(name) can't be opened for writing: \(why)."
            }
        }
    }

    private let descriptor: Int32
    private let name: String
    private let isFile: Bool
    private let isTerminal: Bool
    /// Whole lines only.
    private var buffer: [UInt8] = []
    private var lastFlush = ContinuousClock.now

    /// - Parameters:
    ///   - path: nil for standard output. A file is made readable by its owner alone.
    ///   - overwrites: replace a file that holds something else than what is to be written.
    ///   - heads: what a file that may be replaced starts with; empty when it must be new.
    ///   - kind: what such a file is, for the user.
    init(
        path: String?, overwrites: Bool = false, replacing heads: [String] = [#"{"schema":"ansim/"#],
        _ kind: String = "records of Ansim"
    ) throws(Failure) {
        if let path, path != "/dev/stdout" {
            name = path
            descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .notOpened(path, String(cString: strerror(errno))) }
            // Until this process ends, however it does. Where the file system knows no locks it goes without, and devices
            // may have several writers.
            guard !Self.isFile(descriptor) || flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
                throw .isInUse(path)
            }
            // A slip of the hand must not cost a registry or the evidence itself.
            guard overwrites || Self.mayReplace(descriptor, heads) else {
                throw heads.isEmpty ? .exists(path) : .holdsSomethingElse(path, than: kind)
            }
            ftruncate(descriptor, 0)
        } else {
            (name, descriptor) = ("the standard output", STDOUT_FILENO)
        }
        isFile = Self.isFile(descriptor)
        isTerminal = isatty(descriptor) != 0
    }

    private static func isFile(_ descriptor: Int32) -> Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a file is empty, no ordinary file, or starts like one of these.
    private static func mayReplace(_ descriptor: Int32, _ heads: [String]) -> Bool {
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size > 0 else { return true }
        return heads.contains { head in
            let start = Array(head.utf8)
            var found = [UInt8](repeating: 0, count: start.count)
            return pread(descriptor, &found, found.count, 0) == found.count && found == start
        }
    }

    /// Bytes of a text whose lines end where they end.
    func write(bytes: [UInt8]) throws(Failure) {
        buffer += bytes
        if buffer.count >= 1 << 16 { try flush() }
    }

    func write(_ line: String) throws(Failure) {
        buffer += Array(line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        // Often enough that whoever watches sees something, and a crash loses little.
        if isTerminal || buffer.count >= 1 << 16 || ContinuousClock.now - lastFlush >= .seconds(1) { try flush() }
    }

    func flush() throws(Failure) {
        lastFlush = .now
        var done = 0
        while done < buffer.count {
            let written = buffer.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if written > 0 {
                done += written
            } else if errno != EINTR {
                let code = errno
                dropPartialLine(written: done)
                buffer = []
                switch code {
                case EPIPE: throw .closed
                case ENOSPC, EDQUOT, EFBIG: throw isEmpty ? .diskFullFromTheStart(name) : .diskFull(name)
                default: throw .other(name, String(cString: strerror(code)))
                }
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Takes away what was written. - Returns: whether it could be: a device, or the standard output, stays.
    func remove() -> Bool { isFile && descriptor != STDOUT_FILENO && unlink(name) == 0 }

    /// Of a line that fitted only in part nothing stays, so that every line of the file can be read.
    private func dropPartialLine(written: Int) {
        guard isFile else { return }
        let whole = buffer[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let end = lseek(descriptor, 0, SEEK_CUR)
        if end >= 0 { ftruncate(descriptor, end - (written - whole)) }
    }

    private var isEmpty: Bool {
        var info = stat()
        return isFile && fstat(descriptor, &info) == 0 && info.st_size == 0
    }

    /// - Throws: what could not be written at last.
    func close() throws(Failure) {
        try flush()
        guard descriptor != STDOUT_FILENO else { return }
        if Glibc.close(descriptor) != 0, errno != EINTR {
            throw errno == ENOSPC || errno == EDQUOT
                ? .diskFull(name) : .other(name, String(cString: strerror(errno)))
        }
    }
}

/// A line to standard output, at once.
func say(_ text: String) throws {
    do throws(LineOutput.Failure) {
        try standardOutput.write(text)
        try standardOutput.flush()
    } catch .closed {
        // Whoever read has seen enough.
        throw ExitCode.success
    }
}

nonisolated(unsafe) private let standardOutput = try! LineOutput(path: nil)

/// A line to standard error.
func note(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

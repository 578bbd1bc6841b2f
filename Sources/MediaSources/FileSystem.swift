import Glibc

/// An errno with its words.
package struct SystemError: Error {
    let code: Int32
    var text: String { String(cString: strerror(code)) }
}

/// The only system calls of this module, with errors as values.
enum FileSystem {
    enum Kind: Sendable {
        case file, folder, other
    }

    /// Tells one folder from another, whatever path leads there.
    struct Identity: Hashable, Sendable {
        let device: dev_t
        let inode: ino_t
    }

    struct Status: Sendable {
        let kind: Kind
        let identity: Identity
    }

    /// What `path` is, links followed.
    static func status(_ path: [UInt8]) throws(SystemError) -> Status {
        var info = stat()
        guard withPath(path, { stat($0, &info) }) == 0 else { throw SystemError(code: errno) }
        let kind: Kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        return Status(kind: kind, identity: Identity(device: info.st_dev, inode: info.st_ino))
    }

    /// The path without links; nil when there is nothing.
    static func resolved(_ path: [UInt8]) -> [UInt8]? {
        guard let text = withPath(path, { realpath($0, nil) }) else { return nil }
        defer { free(text) }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    static func isLink(_ path: [UInt8]) -> Bool {
        var info = stat()
        return withPath(path, { lstat($0, &info) }) == 0 && info.st_mode & S_IFMT == S_IFLNK
    }

    /// Calls `body` with every name in a folder but `.` and `..`, in the system's order, and
    /// with whether the entry is known to be an ordinary file.
    static func forEachName(
        in folder: [UInt8], _ body: (UnsafeRawBufferPointer, _ isFile: Bool) -> Void
    ) throws(SystemError) {
        guard let stream = withPath(folder, { opendir($0) }) else { throw SystemError(code: errno) }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError(code: errno) }
                return
            }
            withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                let name = UnsafeRawBufferPointer(start: raw.baseAddress, count: strnlen(raw.baseAddress!, raw.count))
                if name.count == 1, name[0] == UInt8(ascii: ".") { return }
                if name.count == 2, name[0] == UInt8(ascii: "."), name[1] == UInt8(ascii: ".") { return }
                body(name, entry.pointee.d_type == UInt8(DT_REG))
            }
        }
    }

    static func isFile(_ path: [UInt8]) -> Bool { (try? status(path))?.kind == .file }

    /// A small file's bytes: nil when there is none, `success(nil)` when it is no file or larger than that.
    static func content(of path: [UInt8], maximumCount: Int) -> Result<[UInt8]?, SystemError>? {
        let descriptor = withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG
                ? nil : .failure(SystemError(code: errno))
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        guard info.st_size <= maximumCount else { return .success(nil) }
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(info.st_size)) { buffer, count in
            while count < buffer.count {
                let got = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    failure = SystemError(code: errno)
                    break
                }
            }
        }
        return failure.map { .failure($0) } ?? .success(bytes)
    }

    private static func withPath<R>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> R) -> R {
        (path + [0]).withUnsafeBytes { body($0.assumingMemoryBound(to: CChar.self).baseAddress!) }
    }
}

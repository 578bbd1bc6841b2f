import Glibc
import Reporting

/// A file of records, open for reading: an ordinary file, because it is read more than once.
struct RecordSource {
    let descriptor: Int32
    /// When it was written, seconds since 1970.
    let modified: Int
    private let path: String
    private let identity: (UInt, UInt)

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw RunFailure("\(path) can't be opened: \(String(cString: strerror(errno))).")
        }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(descriptor)
            throw RunFailure("\(path) is no ordinary file. Write the records to a file first.")
        }
        modified = Int(info.st_mtim.tv_sec)
        identity = (UInt(info.st_dev), UInt(info.st_ino))
    }

    func close() { Glibc.close(descriptor) }

    /// Whether it is the file at `path`.
    func isSame(as path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && (UInt(info.st_dev), UInt(info.st_ino)) == identity
    }

    /// What `body` gives; failures to read as a sentence about the file.
    func reading<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch let failure as RecordFile.Failure {
            throw RunFailure("\(path) can't be read: \(failure).")
        }
    }
}

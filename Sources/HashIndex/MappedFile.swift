import Glibc

/// The bytes of a file, as they lie on the disk, without a copy.
///
/// Index files are replaced, never changed: the mapping keeps what was opened.
final class MappedFile: @unchecked Sendable {  // it is only read
    let base: UnsafeRawPointer
    let count: Int
    /// Holds the lock of those who read: as long as there are any, nobody overwrites a file that was replaced.
    private let descriptor: Int32

    init(path: String) throws(IndexFileError) {
        let (descriptor, info) = try Self.opened(path)
        (self.descriptor, count) = (descriptor, Int(info.st_size))
        let pages = count > 0 ? mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0) : nil
        guard let pages, pages != MAP_FAILED else {
            let error = count > 0 ? IndexFileError.system() : .damaged("it is empty")
            close(descriptor)
            throw error
        }
        base = UnsafeRawPointer(pages)
    }

    /// The file at `path`, locked for reading.
    private static func opened(_ path: String) throws(IndexFileError) -> (Int32, stat) {
        while true {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw .system() }
            var (info, current) = (stat(), stat())
            guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw .foreign("it is no file")
            }
            // Without locks on this file system there is nobody who overwrites.
            while flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
            // It may have been replaced before it was locked.
            if stat(path, &current) != 0 || (current.st_ino, current.st_dev) == (info.st_ino, info.st_dev) {
                return (descriptor, info)
            }
            close(descriptor)
        }
    }

    /// A copy of bytes, for tests: what lies before and behind them can't be read.
    init(copying bytes: [UInt8]) throws(IndexFileError) {
        (count, descriptor) = (bytes.count, -1)
        guard count > 0 else { throw .damaged("it is empty") }
        let room = BandLayout.aligned(count)
        let memory = mmap(nil, room + 2 * Self.guardBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED,
            mprotect(memory + Self.guardBytes, room, PROT_READ | PROT_WRITE) == 0
        else { throw .system() }
        (memory + Self.guardBytes).copyMemory(from: bytes, byteCount: count)
        base = UnsafeRawPointer(memory + Self.guardBytes)
    }

    /// Around a copy.
    private static let guardBytes = 1 << 20

    deinit {
        let start = UnsafeMutableRawPointer(mutating: base)
        guard descriptor >= 0 else {
            munmap(start - Self.guardBytes, BandLayout.aligned(count) + 2 * Self.guardBytes)
            return
        }
        munmap(start, count)
        close(descriptor)
    }
}

import Glibc

/// A file that loses its name: what it held may have been removed from the registry, and must not stay on the disk.
final class ReplacedFile {
    private let descriptor: Int32

    /// Nil when there is none.
    init?(path: String) {
        descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Takes a file's name away, then overwrites it.
    static func remove(_ path: String) {
        let file = ReplacedFile(path: path)
        unlink(path)
        file?.overwrite()
    }

    /// Zeros in the place of its bytes, unless somebody has it mapped: who does needs them to the end.
    func overwrite() {
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_nlink == 0,
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        while offset < Int(info.st_size) {
            let count = pwrite(descriptor, zeros, min(zeros.count, Int(info.st_size) - offset), off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            offset += count
        }
        fsync(descriptor)
    }
}

import Glibc

/// Keeps two processes from building one index file at once. It goes with its owner, however that ends.
public final class IndexFileLock: Sendable {
    private let descriptor: Int32

    public static func path(for path: String) -> String { path + ".lock" }

    /// Nil when somebody else has it, or the folder can't be written to.
    public init?(path: String, waits: Bool) {
        descriptor = open(Self.path(for: path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                return nil
            }
        }
    }

    deinit { close(descriptor) }

    /// Whether there is a file, or what a killed builder left.
    public static func hasFiles(of path: String) -> Bool {
        access(path, F_OK) == 0 || access(IndexFileDraft.path(for: path), F_OK) == 0
    }

    /// Removes the file and what a killed builder left. - Precondition: the lock of `path` is held.
    public static func removeFiles(of path: String) {
        ReplacedFile.remove(IndexFileDraft.path(for: path))
        ReplacedFile.remove(path)
    }
}

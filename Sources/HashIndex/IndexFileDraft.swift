import Glibc

/// A file that is written from its beginning to its end, and then takes the place of another one.
///
/// Whoever has the other one mapped keeps it.
final class IndexFileDraft {
    private let path: String
    private let draft: String
    private var descriptor: Int32
    private var isInPlace = false

    static func path(for path: String) -> String { path + ".draft" }

    /// - Precondition: the lock of `path` is held.
    init(path: String) throws(IndexFileError) {
        (self.path, draft) = (path, Self.path(for: path))
        // What a killed process left.
        ReplacedFile.remove(draft)
        descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system() }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isInPlace { ReplacedFile.remove(draft) }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(IndexFileError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system() }
            done += count
        }
    }

    /// Puts the file, whole and on the disk, where it belongs.
    func finish() throws(IndexFileError) {
        guard fsync(descriptor) == 0 else { throw .system() }
        let old = ReplacedFile(path: path)
        guard rename(draft, path) == 0 else { throw .system() }
        isInPlace = true
        old?.overwrite()
        let folder = open(Self.folder(of: path), O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension IndexFileError {
    /// What the system said last.
    static func system() -> IndexFileError {
        switch errno {
        case ENOENT: .missing
        case ENOSPC, EDQUOT: .diskFull
        default: .unusable(String(cString: strerror(errno)))
        }
    }
}

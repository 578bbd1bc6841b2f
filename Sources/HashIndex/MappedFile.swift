import Glibc

/// The bytes of a file, as they lie on the disk, without a copy.
///
/// Index files are replaced, never changed: the mapping keeps what was opened.
final class MappedFile: @unchecked Sendable {  // it is only read
    let base: UnsafeRawPointer
    let count: Int

    init(path: String) throws(IndexFileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system() }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .system() }
        guard info.st_mode & S_IFMT == S_IFREG else { throw .foreign("it is no file") }
        count = Int(info.st_size)
        guard count > 0 else { throw .damaged("it is empty") }
        let pages = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let pages, pages != MAP_FAILED else { throw .system() }
        base = UnsafeRawPointer(pages)
    }

    /// A copy of bytes, for tests: readable to their end and no further.
    init(copying bytes: [UInt8]) throws(IndexFileError) {
        count = bytes.count
        guard count > 0 else { throw .damaged("it is empty") }
        let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { throw .system() }
        memory.copyMemory(from: bytes, byteCount: count)
        base = UnsafeRawPointer(memory)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: base), count) }
}

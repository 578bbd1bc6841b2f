import CArchive
import Glibc

/// A file as libarchive reads it: by offsets, with no other call than pread.
final class ArchiveFile {
    private let descriptor: Int32
    private let byteCount: Int64
    private var offset: Int64 = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)

    init(descriptor: Int32) {
        self.descriptor = descriptor
        byteCount = Int64(lseek(descriptor, 0, SEEK_END))
    }

    deinit { buffer.deallocate() }

    /// libarchive's handle keeps no hold of it: it has to live as long.
    func open(_ handle: OpaquePointer) -> Int32 {
        archive_read_set_callback_data(handle, Unmanaged.passUnretained(self).toOpaque())
        archive_read_set_read_callback(handle) { _, file, start in
            let file = Unmanaged<ArchiveFile>.fromOpaque(file!).takeUnretainedValue()
            start!.pointee = UnsafeRawPointer(file.buffer.baseAddress!)
            return file.read()
        }
        archive_read_set_skip_callback(handle) { _, file, count in
            Unmanaged<ArchiveFile>.fromOpaque(file!).takeUnretainedValue().skip(count)
        }
        archive_read_set_seek_callback(handle) { _, file, offset, origin in
            Unmanaged<ArchiveFile>.fromOpaque(file!).takeUnretainedValue().seek(offset, origin)
        }
        return archive_read_open1(handle)
    }

    private func read() -> Int {
        while true {
            let got = pread(descriptor, buffer.baseAddress!, buffer.count, off_t(offset))
            if got < 0, errno == EINTR { continue }
            offset += Int64(max(0, got))
            return got
        }
    }

    private func skip(_ count: Int64) -> Int64 {
        let skipped = max(0, min(count, byteCount - offset))
        offset += skipped
        return skipped
    }

    private func seek(_ to: Int64, _ origin: Int32) -> Int64 {
        let start = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? offset : byteCount
        let (target, overflow) = start.addingReportingOverflow(to)
        guard !overflow, (0...byteCount).contains(target) else { return Int64(ARCHIVE_FATAL) }
        offset = target
        return target
    }
}

import CArchive
import Glibc
import MediaModel

/// An archive open in libarchive: tar, zip, 7z, and single compressed streams.
final class LibArchive {
    private let handle: OpaquePointer
    private let file: ArchiveFile

    init(descriptor: Int32) throws(UnpackProblem) {
        guard let handle = archive_read_new() else {
            throw UnpackProblem(.overLimit(.tooMuchMemory), "no memory to open it")
        }
        self.handle = handle
        file = ArchiveFile(descriptor: descriptor)
        archive_read_support_format_tar(handle)
        archive_read_support_format_zip(handle)
        archive_read_support_format_7zip(handle)
        archive_read_support_format_empty(handle)
        archive_read_support_format_raw(handle)
        archive_read_support_filter_gzip(handle)
        archive_read_support_filter_bzip2(handle)
        archive_read_support_filter_xz(handle)
        archive_read_support_filter_zstd(handle)
        guard file.open(handle) == ARCHIVE_OK else {
            throw UnpackProblem(.damaged, Self.text(handle))
        }
    }

    deinit { archive_read_free(handle) }

    private static func text(_ handle: OpaquePointer) -> String {
        archive_error_string(handle).map { String(cString: $0) } ?? "it can't be read"
    }

    var problemText: String { Self.text(handle) }
    private var problem: UnpackProblem { UnpackProblem(.damaged, problemText) }

    /// What libarchive calls it.
    var container: String {
        var name = archive_format_name(handle).map { String(cString: $0) } ?? "unknown"
        let filter = archive_filter_name(handle, 0).map { String(cString: $0) } ?? "none"
        if filter != "none" { name += ", " + filter }
        return name
    }

    /// A single compressed stream, not an archive.
    var isBareStream: Bool { archive_format(handle) == ARCHIVE_FORMAT_RAW }
    /// Something comes between the file's bytes and the members', so that going past a member costs work.
    var isSolid: Bool {
        archive_filter_count(handle) > 1 || archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_7ZIP
    }
    var isCompressed: Bool { archive_filter_count(handle) > 1 }

    /// The next member's entry, good until the one after; nil at the end.
    func next() throws(UnpackProblem) -> OpaquePointer? {
        var entry: OpaquePointer?
        for _ in 0..<100 {
            switch archive_read_next_header(handle, &entry) {
            case ARCHIVE_EOF:
                return nil
            case ARCHIVE_OK, ARCHIVE_WARN: return entry
            case ARCHIVE_RETRY: continue
            default: throw problem
            }
        }
        throw problem
    }

    enum Block {
        case bytes(UnsafeRawBufferPointer, offset: Int)
        case end
        /// The rest of the member can't be had; the archive goes on.
        case broken(String)
    }

    func block() throws(UnpackProblem) -> Block {
        var start: UnsafeRawPointer?
        var (count, offset) = (0, Int64(0))
        for _ in 0..<100 {
            switch archive_read_data_block(handle, &start, &count, &offset) {
            case ARCHIVE_OK: return .bytes(UnsafeRawBufferPointer(start: start, count: count), offset: Int(offset))
            case ARCHIVE_EOF: return .end
            case ARCHIVE_RETRY: continue
            case ARCHIVE_WARN, ARCHIVE_FAILED: return .broken(problemText)
            default: throw problem
            }
        }
        throw problem
    }

    /// A member's name as the archive has it.
    static func name(_ entry: OpaquePointer) -> [UInt8] {
        guard let name = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else { return [] }
        return Array(UnsafeRawBufferPointer(start: name, count: strnlen(name, 1 << 16)))
    }

    static func isFile(_ entry: OpaquePointer) -> Bool {
        let type = mode_t(archive_entry_filetype(entry))
        return (type == S_IFREG || type == 0) && archive_entry_hardlink(entry) == nil
    }
}

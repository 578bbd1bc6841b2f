import Glibc
import MediaModel
import MediaSources

/// An item with its file open: the one that is being worked on, or the one after it, whose bytes the system is told to
/// read meanwhile.
final class OpenItem {
    let number: Int
    let source: SourceItem
    /// What is known of it without decoding.
    let state: State

    enum State {
        /// It can't be examined.
        case failed(ItemFailure)
        /// The ledger knows it.
        case known(OpenFile, StoredContent)
        case unknown(OpenFile)
    }

    struct OpenFile {
        let descriptor: Int32
        let stamp: FileStamp
    }

    /// - Throws: `LedgerError`, or `WorkerStartError` when the system lacks what opening a file takes.
    init(number: Int, _ source: SourceItem, ledger: Ledger?) throws {
        (self.number, self.source) = (number, source)
        if let failure = source.failure {
            state = .failed(failure)
            return
        }
        let descriptor = Self.open(source.provenance.path)
        guard descriptor >= 0 else {
            let (code, why) = (errno, String(cString: strerror(errno)))
            // What the system lacks is not the item's fault.
            if [EMFILE, ENFILE, ENOMEM].contains(code) {
                throw WorkerStartError("No further file can be opened: \(why).")
            }
            state = .failed(ItemFailure(.undecodable, .unreadable, "can't be opened: \(why)"))
            return
        }
        guard let stamp = FileStamp(descriptor) else {
            let what = FileStamp.isFolder(descriptor) ? "a folder" : "a device, a pipe or a socket"
            close(descriptor)
            state = .failed(ItemFailure(.undecodable, .notAFile, what))
            return
        }
        let file = OpenFile(descriptor: descriptor, stamp: stamp)
        do {
            if let known = try ledger?.recall(path: Self.absolute(source.provenance.path), stamp: stamp) {
                state = .known(file, known)
                return
            }
        } catch {
            close(descriptor)
            throw error
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_WILLNEED)
        state = .unknown(file)
    }

    /// Bytes, if it is small enough to go to a worker together with others.
    var batchByteCount: Int64? {
        guard case .unknown(let file) = state, file.stamp.byteCount <= 1 << 20 else { return nil }
        return file.stamp.byteCount
    }

    /// Of its file, if that could be opened.
    var descriptor: Int32? {
        switch state {
        case .failed: nil
        case .known(let file, _), .unknown(let file): file.descriptor
        }
    }

    deinit {
        switch state {
        case .failed: break
        case .known(let file, _), .unknown(let file): close(file.descriptor)
        }
    }

    /// The path under which a ledger has it: ledgers are asked from other folders, too.
    var absolutePath: [UInt8] { Self.absolute(source.provenance.path) }

    private static func absolute(_ path: [UInt8]) -> [UInt8] {
        path.first == UInt8(ascii: "/") ? path : workingFolder + path
    }

    private static let workingFolder: [UInt8] = {
        guard let path = getcwd(nil, 0) else { return [] }
        defer { free(path) }
        let bytes = Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
        return bytes.last == UInt8(ascii: "/") ? bytes : bytes + [UInt8(ascii: "/")]
    }()

    /// Never waits, whatever the path names (a pipe without a writer would).
    private static func open(_ path: [UInt8]) -> Int32 {
        (path + [0]).withUnsafeBytes {
            Glibc.open(
                $0.assumingMemoryBound(to: CChar.self).baseAddress!, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        }
    }
}

extension FileStamp {
    fileprivate static func isFolder(_ descriptor: Int32) -> Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Nil for what is no ordinary file.
    init?(_ descriptor: Int32) {
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(
            byteCount: Int64(info.st_size),
            modified: Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec),
            inode: Int64(bitPattern: UInt64(info.st_ino)))
    }
}

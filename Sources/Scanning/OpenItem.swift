import Glibc
import MediaModel
import MediaSources

/// An item with its file open: the one that is being worked on, or the one after it, whose bytes the system is told to
/// read meanwhile.
final class OpenItem {
    let ticket: Ticket
    let source: SourceItem
    /// What is known of it without decoding.
    let state: State

    enum State {
        /// It can't be examined.
        case failed(ItemFailure)
        /// The ledger knows it.
        case known(OpenFile, StoredContent)
        case unknown(OpenFile)
        /// It holds other items.
        case archive(OpenFile)
        /// An archive that was gone through.
        case ended(SourceItem.ArchiveEnd)
    }

    struct OpenFile {
        let file: OwnedFile
        let byteCount: Int64
        /// The file that has a path: an archive, or the same.
        let holder: OwnedFile
        /// Of `holder`.
        let stamp: FileStamp

        var descriptor: Int32 { file.descriptor }
        /// Whether it is still what the stamp says.
        var isSteady: Bool { FileStamp(holder.descriptor) == stamp }
    }

    /// - Throws: `LedgerError`, or `WorkerStartError` when the system lacks what opening a file takes.
    init(_ ticket: Ticket, _ source: SourceItem, _ context: ArchiveContext, ledger: Ledger?) throws {
        self.ticket = ticket
        var source = source
        if source.mayHaveSidecar, source.failure == nil,
            let origin = Sidecar.origin(ofMedia: source.provenance.path, keepsUploader: context.keepsUploader)
        {
            source = SourceItem(provenance: Provenance(path: source.provenance.path, origin: origin))
        }
        self.source = source
        if let failure = source.failure {
            state = .failed(failure)
            return
        }
        if let end = source.archive {
            state = .ended(end)
            return
        }
        if let member = source.member {
            guard let stamp = FileStamp(member.archive.descriptor) else {
                state = .failed(ItemFailure(.undecodable, .unreadable, "its archive is gone"))
                return
            }
            state = try Self.state(
                OpenFile(file: member.content, byteCount: member.byteCount, holder: member.archive, stamp: stamp),
                source, context, ledger)
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
        let file = OwnedFile(descriptor: descriptor)
        state = try Self.state(
            OpenFile(file: file, byteCount: stamp.byteCount, holder: file, stamp: stamp), source, context, ledger)
        if case .unknown = state { posix_fadvise(descriptor, 0, 0, POSIX_FADV_WILLNEED) }
    }

    private static func state(
        _ file: OpenFile, _ source: SourceItem, _ context: ArchiveContext, _ ledger: Ledger?
    ) throws -> State {
        if let limits = context.limits, ArchiveSigns.areIn(file.descriptor) {
            guard source.member?.indexes.count ?? 0 < limits.depth else {
                return .failed(
                    ItemFailure(.overLimit, .tooDeep, "an archive within \(limits.depth) others is not opened"))
            }
            return .archive(file)
        }
        if let known = try ledger?.recall(path: key(source), stamp: file.stamp) { return .known(file, known) }
        return .unknown(file)
    }

    /// Bytes, if it is small enough to go to a worker together with others.
    var batchByteCount: Int64? {
        guard case .unknown(let file) = state, file.byteCount <= 1 << 20 else { return nil }
        return file.byteCount
    }

    /// What a ledger has it under: the absolute path, because ledgers are asked from other folders, too, and the place
    /// in the archive.
    var key: [UInt8] { Self.key(source) }

    /// What a ledger keeps of where it was.
    var stored: StoredItem {
        let file: OpenFile? = if case .unknown(let file) = state { file } else { nil }
        return StoredItem(path: key, stamp: file!.stamp, origin: source.provenance.origin)
    }

    func stored(_ failure: ItemFailure) -> StoredFailure {
        StoredFailure(path: key, origin: source.provenance.origin, failure)
    }

    /// Of its file, if that could be opened.
    var descriptor: Int32? {
        switch state {
        case .failed, .ended: nil
        case .known(let file, _), .unknown(let file), .archive(let file): file.descriptor
        }
    }

    private static func key(_ source: SourceItem) -> [UInt8] {
        let path = absolute(source.provenance.path)
        guard let member = source.member else { return path }
        return path + [0] + Array(member.indexes.map(String.init).joined(separator: ".").utf8)
    }

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

import CArchive
import Glibc
import MediaModel
import WorkerProtocol

/// The members of a tar, zip or 7z.
final class ArchiveReader {
    private let archive: LibArchive
    private let outlet: MemberOutlet
    private var group: SampleGroup?
    private var index = -1

    init(_ archive: LibArchive, _ outlet: MemberOutlet) { (self.archive, self.outlet) = (archive, outlet) }

    /// - Parameter first: an entry that was read already.
    func run(first: OpaquePointer?) throws(UnpackProblem) {
        do throws(UnpackProblem) {
            var entry = first
            if entry == nil { entry = try archive.next() }
            while let current = entry {
                index += 1
                try take(current)
                entry = try archive.next()
            }
        } catch {
            try? deliver()
            throw error
        }
        try deliver()
    }

    private func deliver() throws(UnpackProblem) {
        guard let group else { return }
        self.group = nil
        try group.deliver(to: outlet)
    }

    private func take(_ entry: OpaquePointer) throws(UnpackProblem) {
        let name = LibArchive.name(entry)
        guard LibArchive.isFile(entry), !(outlet.request.isCollection && Self.describesCollection(name)) else {
            outlet.passOver()
            return try passOver()
        }
        let key = SampleGroup.key(of: name)
        if group?.key != key || group?.isFull == true { try deliver() }
        if group == nil { group = SampleGroup(key: key) }

        var origin = Origin()
        origin.members = [Origin.Member(name: name, index: index)]
        let size = archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : nil
        if archive_entry_is_data_encrypted(entry) != 0 {
            group!.add(
                origin, index: index, file: nil,
                failure: ItemFailure(.unsupported, .unsupportedFormat, "it is encrypted"))
            return try passOver()
        }
        if let size, size > outlet.request.memberBytes {
            group!.add(
                origin, index: index, file: nil,
                failure: ItemFailure(
                    .overLimit, .tooManyBytes, "\(size) bytes, more than \(outlet.request.memberBytes)"))
            return try passOver()
        }
        if SampleGroup.isText(name, byteCount: size.map { Int($0) }) { return try readText(origin) }
        try readMember(origin, size: size)
    }

    /// Of a WACZ, all but the archives.
    private static func describesCollection(_ name: [UInt8]) -> Bool {
        let text = String(decoding: name, as: UTF8.self)
        return text.hasPrefix("pages/") || text.hasPrefix("indexes/")
            || ["datapackage.json", "datapackage-digest.json", "fuzzy.json"].contains(text)
    }

    private func readMember(_ origin: Origin, size: Int64?) throws(UnpackProblem) {
        var origin = origin
        let file = outlet.openFile()
        var failure: ItemFailure?
        do throws(UnpackProblem) {
            reading: while true {
                switch try archive.block() {
                case .bytes(let bytes, let offset):
                    try outlet.count(output: bytes.count)
                    guard failure == nil else { continue }
                    if offset > file.count ? !file.skip(to: offset) || !file.append(bytes) : !file.append(bytes) {
                        failure = ItemFailure(
                            .overLimit, .tooManyBytes, "more than \(outlet.request.memberBytes) bytes")
                    }
                case .end: break reading
                case .broken(let text):
                    origin.flaw = text
                    break reading
                }
            }
        } catch {
            origin.flaw = error.detail
            add(origin, file, failure)
            throw error
        }
        if failure == nil, origin.flaw == nil, let size, file.count < size { fill(file, to: Int(size)) }
        add(origin, file, failure)
    }

    private func add(_ origin: Origin, _ file: MemberFile, _ failure: ItemFailure?) {
        var failure = failure
        if failure == nil, file.count == 0, let flaw = origin.flaw {
            failure = ItemFailure(.undecodable, .corrupt, flaw)
        }
        group!.add(origin, index: index, file: file, failure: failure)
    }

    /// A hole at the end of a sparse file.
    private func fill(_ file: MemberFile, to size: Int) {
        guard size > file.count, file.skip(to: size - 1) else { return }
        _ = [UInt8(0)].withUnsafeBytes { file.append($0) }
    }

    private func readText(_ origin: Origin) throws(UnpackProblem) {
        var text: [UInt8] = []
        while case .bytes(let bytes, _) = try archive.block() {
            try outlet.count(output: bytes.count)
            if text.count + bytes.count <= SampleGroup.maximumText { text += bytes }
        }
        group!.add(text: text, origin, index: index)
    }

    /// Goes past a member; what has to be decompressed for that counts.
    private func passOver() throws(UnpackProblem) {
        guard archive.isSolid else { return }
        while case .bytes(let bytes, _) = try archive.block() { try outlet.count(output: max(1, bytes.count)) }
    }
}

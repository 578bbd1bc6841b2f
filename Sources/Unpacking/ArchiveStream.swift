import Glibc

/// What comes out of a single compressed stream.
final class ArchiveStream: ByteStream {
    private let archive: LibArchive
    private var rest = UnsafeRawBufferPointer(start: nil, count: 0)

    /// - Precondition: the archive is at its only member.
    init(_ archive: LibArchive) { self.archive = archive }

    override var streamStart: Int64? { 0 }

    override func read(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackProblem) -> Int {
        while rest.isEmpty {
            switch try archive.block() {
            case .bytes(let bytes, _): rest = bytes
            case .end: return 0
            case .broken(let text): throw UnpackProblem(.damaged, text)
            }
        }
        let count = min(rest.count, buffer.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return count
    }

    /// Its first bytes, which stay to be read.
    func peek(_ count: Int) throws(UnpackProblem) -> UnsafeRawBufferPointer {
        if rest.isEmpty, case .bytes(let bytes, _) = try archive.block() { rest = bytes }
        return UnsafeRawBufferPointer(rebasing: rest.prefix(count))
    }
}

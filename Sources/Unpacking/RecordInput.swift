import Glibc

/// A stream with a buffer: lines, exact counts, and where things start.
final class RecordInput {
    private let stream: ByteStream
    private let outlet: MemberOutlet
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    private var at = 0
    private var end = 0
    private var consumed: Int64 = 0

    init(_ stream: ByteStream, _ outlet: MemberOutlet) { (self.stream, self.outlet) = (stream, outlet) }

    deinit { buffer.deallocate() }

    /// Of the next byte; of a compressed one, where its stream starts.
    func offset() throws(UnpackProblem) -> Int64 {
        if at == end { _ = try fill() }
        return stream.streamStart ?? consumed
    }

    /// Whether the next byte comes from another compressed stream than the one that starts at `start`.
    func hasStream(otherThan start: Int64) throws(UnpackProblem) -> Bool {
        if at == end { _ = try fill() }
        return stream.streamStart.map { $0 != start } ?? false
    }

    /// What is held is of no use any more.
    func forget() { (at, end) = (0, 0) }

    /// What is there of the next bytes, `count` at most; empty at the end.
    func peek(_ count: Int) throws(UnpackProblem) -> UnsafeRawBufferPointer {
        if at == end { _ = try fill() }
        return UnsafeRawBufferPointer(rebasing: buffer[at..<min(end, at + count)])
    }

    func advance(_ count: Int) {
        at += count
        consumed += Int64(count)
    }

    /// At least `count` bytes together, if the file has them.
    func peekTogether(_ count: Int) throws(UnpackProblem) -> UnsafeRawBufferPointer {
        while end - at < count {
            if at > 0 {
                memmove(buffer.baseAddress!, buffer.baseAddress! + at, end - at)
                (at, end) = (0, end - at)
            }
            let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
            guard got > 0 else { break }
            try outlet.count(output: got)
            end += got
        }
        return UnsafeRawBufferPointer(rebasing: buffer[at..<min(end, at + count)])
    }

    private func fill() throws(UnpackProblem) -> Bool {
        (at, end) = (0, 0)
        end = try stream.read(into: buffer)
        try outlet.count(output: end)
        return end > 0
    }

    /// A line without its end; nil when it is longer than `limit` or the bytes end in it.
    ///
    /// - Parameter left: bytes that it may take; lowered by what it took.
    func line(limit: Int = 65536, left: inout Int64) throws(UnpackProblem) -> [UInt8]? {
        var line: [UInt8] = []
        while left > 0 {
            let part = try peek(Int(min(left, 1 << 18)))
            guard !part.isEmpty else { return nil }
            let newline = part.firstIndex(of: UInt8(ascii: "\n"))
            line += part[..<(newline ?? part.count)]
            let taken = newline.map { $0 + 1 } ?? part.count
            advance(taken)
            left -= Int64(taken)
            if line.count > limit { return nil }
            if newline != nil {
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                return line
            }
        }
        return nil
    }
}

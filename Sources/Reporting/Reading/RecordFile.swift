import JSONFields
import Glibc

/// A file of records, read line by line, and again where a line stood.
package struct RecordFile {
    /// Where a line stands.
    package struct Place: Sendable, Hashable {
        package let offset: Int64
        package let count: Int32
    }

    /// What can't be read: the system's words.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let descriptor: Int32

    /// Longer lines are no records.
    package static let maximumLine = 4 << 20

    /// - Parameter descriptor: of a file that stays open meanwhile.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Hands on each line, without its end; nil for one that is too long.
    package func lines(_ body: (Place, UnsafeBufferPointer<UInt8>?) throws -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        // Bytes of `buffer` that hold the start of a line, which begins at `offset` of the file.
        var (held, offset) = (0, Int64(0))
        while true {
            if held == buffer.count {
                guard buffer.count < Self.maximumLine else {
                    let next = try endOfLine(after: offset + Int64(held))
                    try body(Place(offset: offset, count: 0), nil)
                    guard let next else { return }
                    (held, offset) = (0, next)
                    continue
                }
                buffer += [UInt8](repeating: 0, count: buffer.count)
            }
            let got = try buffer.withUnsafeMutableBytes {
                try read(UnsafeMutableRawBufferPointer(rebasing: $0[held...]), at: offset + Int64(held))
            }
            let end = held + got
            let rest = try buffer.withUnsafeBufferPointer { bytes in
                var start = 0
                while start < end, let found = memchr(bytes.baseAddress! + start, 0x0A, end - start) {
                    let newline = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - bytes.baseAddress!
                    let line = UnsafeBufferPointer(rebasing: bytes[start..<newline])
                    try body(Place(offset: offset + Int64(start), count: Int32(line.count)), line)
                    start = newline + 1
                }
                if got == 0, start < end {
                    let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
                    try body(Place(offset: offset + Int64(start), count: Int32(line.count)), line)
                }
                return start
            }
            if got == 0 { return }
            buffer.withUnsafeMutableBytes { bytes in
                _ = memmove(bytes.baseAddress!, bytes.baseAddress! + rest, end - rest)
            }
            (held, offset) = (end - rest, offset + Int64(rest))
        }
    }

    /// Whether any line is a record.
    package func holdsRecords() throws -> Bool {
        struct Found: Error {}
        do {
            try lines { _, line in
                if let line, (try? ReadRecord(line: line)) != nil { throw Found() }
            }
            return false
        } catch is Found {
            return true
        }
    }

    /// The record of a line that was read before.
    package func record(at place: Place) throws -> ReadRecord {
        var bytes = [UInt8](repeating: 0, count: Int(place.count))
        let count = try bytes.withUnsafeMutableBytes { buffer in
            var done = 0
            while done < buffer.count {
                let got = try read(
                    UnsafeMutableRawBufferPointer(rebasing: buffer[done...]), at: place.offset + Int64(done))
                if got == 0 { break }
                done += got
            }
            return done
        }
        do {
            guard count == bytes.count else { throw MalformedRecord() }
            return try bytes.withUnsafeBufferPointer { try ReadRecord(line: $0) }
        } catch is MalformedRecord {
            throw Failure(description: "it changed while it was read")
        }
    }

    private func endOfLine(after start: Int64) throws -> Int64? {
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var offset = start
        while true {
            let got = try chunk.withUnsafeMutableBytes { try read($0, at: offset) }
            if got == 0 { return nil }
            if let newline = chunk[..<got].firstIndex(of: 0x0A) { return offset + Int64(newline) + 1 }
            offset += Int64(got)
        }
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        while true {
            let got = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if got >= 0 { return got }
            if errno != EINTR { throw Failure(description: String(cString: strerror(errno))) }
        }
    }
}

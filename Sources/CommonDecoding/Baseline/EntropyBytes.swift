import Glibc

/// The entropy-coded bytes of a JPEG's scan up to the next marker, some at a time, without the zeros that are stuffed
/// behind bytes of 255.
struct EntropyBytes {
    /// So many bytes are good to be read wherever one starts; behind the last one are zeros. More than the data of six
    /// blocks: 64 codes each, of at most 16 bits, with numbers of at most 15.
    static let readable = 2048
    private static let capacity = 1 << 15
    /// Bytes that stay before those that are left: a reader has up to eight of them in its register.
    private static let behind = 8
    /// Bytes that a budget has to have for it.
    static let memory = behind + capacity + readable + 16

    private let source: UnsafeRawBufferPointer
    private var position: Int
    private let buffer: UnsafeMutablePointer<UInt8>
    private(set) var end: UnsafePointer<UInt8>
    /// The marker that ends the bytes, once it was reached; `noMarker` where the file ends.
    private(set) var marker: Int?
    static let noMarker = -1

    /// - Parameters:
    ///   - position: where they begin, at most at the end of `source`.
    ///   - memory: `Self.memory` bytes, which outlive it.
    init(_ source: UnsafeRawBufferPointer, from position: Int, memory: UnsafeMutablePointer<UInt8>) {
        precondition(position >= 0 && position <= source.count)
        (self.source, self.position) = (source, position)
        memory.initialize(repeating: 0, count: Self.memory)
        buffer = memory + Self.behind
        end = UnsafePointer(buffer)
    }

    /// Whether `readable` bytes are there, or all up to the marker.
    @inline(__always)
    func suffices(from next: UnsafePointer<UInt8>) -> Bool { end - next >= Self.readable || marker != nil }

    /// Gets further bytes; those before `next` go. - Returns: where `next` is now.
    mutating func refill(from next: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        // A reader can be a register ahead of the end.
        let (kept, ahead) = (max(0, end - next), max(0, next - end))
        memmove(buffer - Self.behind, end - kept - Self.behind, kept + Self.behind)
        var out = buffer + kept
        let limit = buffer + Self.capacity
        while out < limit, marker == nil {
            let count = min(limit - out, source.count - position)
            guard count > 0 else {
                marker = Self.noMarker
                break
            }
            let from = source.baseAddress! + position
            let plain = memchr(from, 0xFF, count).map { UnsafeRawPointer($0) - from } ?? count
            memcpy(out, from, plain)
            (out, position) = (out + plain, position + plain)
            guard plain < count else { continue }
            let following = position + 1 < source.count ? Int(source[position + 1]) : Self.noMarker
            position += 2
            if following == 0 {
                out.pointee = 0xFF
                out += 1
            } else {
                marker = following
            }
        }
        end = UnsafePointer(out)
        if marker != nil { out.update(repeating: 0, count: Self.readable) }
        return UnsafePointer(buffer) + ahead
    }

    /// Goes on behind the marker. - Returns: where to read.
    mutating func passMarker() -> UnsafePointer<UInt8> {
        marker = nil
        position = min(position, source.count)
        end = UnsafePointer(buffer)
        return refill(from: end)
    }
}

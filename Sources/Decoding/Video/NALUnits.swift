/// The NAL units of an H.264 or HEVC packet, with their headers; none is empty, each starts at index 0.
struct NALUnits: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private let lengthBytes: Int
    private var at: Int

    /// - Parameter lengthBytes: of the length before each unit; 0: start codes.
    init(_ bytes: UnsafeRawBufferPointer, lengthBytes: Int) {
        (self.bytes, self.lengthBytes) = (bytes, lengthBytes)
        at = lengthBytes == 0 ? Self.afterStartCode(bytes, from: 0) : 0
    }

    mutating func next() -> UnsafeRawBufferPointer? {
        if lengthBytes == 0 {
            guard at < bytes.count else { return nil }
            let start = at
            at = Self.afterStartCode(bytes, from: start)
            // Up to the next start code, or a few bytes more: who reads a header doesn't mind.
            return UnsafeRawBufferPointer(rebasing: bytes[start..<Swift.max(start + 1, at)])
        }
        guard bytes.count - at > lengthBytes else { return nil }
        let length = bytes[at..<at + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
        let start = at + lengthBytes
        guard length > 0, length <= bytes.count - start else { return nil }
        at = start + length
        return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
    }

    /// The position behind the next start code, or the end.
    private static func afterStartCode(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var at = start
        while at + 3 < bytes.count {
            if bytes[at + 2] > 1 {
                at += 3
            } else if bytes[at + 2] == 1, bytes[at] == 0, bytes[at + 1] == 0 {
                return at + 3
            } else {
                at += 1
            }
        }
        return bytes.count
    }
}

/// Bits, the highest first.
struct BitReader {
    private let bytes: Slice<UnsafeRawBufferPointer>
    private var position = 0

    init(_ bytes: Slice<UnsafeRawBufferPointer>) { self.bytes = bytes }

    /// Nil behind the end. - Precondition: at most 32.
    mutating func read(_ count: Int) -> UInt32? {
        guard position + count <= bytes.count * 8 else { return nil }
        var value: UInt32 = 0
        for _ in 0..<count {
            let byte = bytes[bytes.startIndex + position / 8]
            value = value << 1 | UInt32(byte >> (7 - UInt8(position % 8)) & 1)
            position += 1
        }
        return value
    }

    mutating func exponentialGolomb() -> UInt32? {
        var zeros = 0
        while zeros < 32 {
            guard let bit = read(1) else { return nil }
            if bit == 1 { break }
            zeros += 1
        }
        guard zeros < 32, let rest = read(zeros) else { return nil }
        return UInt32(truncatingIfNeeded: UInt64(1) << zeros - 1 + UInt64(rest))
    }
}

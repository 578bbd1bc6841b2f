/// The units (OBUs) of an AV1 packet.
struct AV1Units: Sequence, IteratorProtocol {
    struct Unit {
        enum Kind: UInt8 {
            case sequence = 1
            case frameHeader = 3
            case tiles = 4
            case frame = 6
            case repeatedHeader = 7
        }

        /// Nil: of no frame.
        let kind: Kind?
        let layer: (temporal: Int, spatial: Int)
        let content: Slice<UnsafeRawBufferPointer>
        /// Of the packet, header and content.
        let range: Range<Int>
    }

    private let bytes: UnsafeRawBufferPointer
    private var at: Int
    /// What comes next is no unit, or goes on behind the end.
    private(set) var isBroken = false

    init(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) { (self.bytes, at) = (bytes, start) }

    mutating func next() -> Unit? {
        guard at < bytes.count, !isBroken else { return nil }
        let (start, head) = (at, bytes[at])
        var content = start + 1
        var layer = (temporal: 0, spatial: 0)
        if head & 4 != 0 {
            guard content < bytes.count else { return fail() }
            layer = (Int(bytes[content] >> 5), Int(bytes[content] >> 3 & 3))
            content += 1
        }
        var length = bytes.count - content
        if head & 2 != 0 {
            guard let (value, count) = size(at: content) else { return fail() }
            content += count
            length = value
        }
        guard head & 0x80 == 0, length <= bytes.count - content else { return fail() }
        at = content + length
        return Unit(
            kind: Unit.Kind(rawValue: head >> 3 & 15), layer: layer, content: bytes[content..<at], range: start..<at)
    }

    private mutating func fail() -> Unit? {
        isBroken = true
        return nil
    }

    /// Seven bits a byte, the lowest first.
    private func size(at position: Int) -> (value: Int, count: Int)? {
        var value = 0
        for i in 0..<5 where position + i < bytes.count {
            let byte = bytes[position + i]
            value |= Int(byte & 0x7F) << (7 * i)
            if byte & 0x80 == 0 { return (value, i + 1) }
        }
        return nil
    }
}

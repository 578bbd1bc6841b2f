/// HTTP's chunked transfer coding, undone as the bytes come.
struct ChunkedDecoder {
    private enum State {
        case size, extra, data, dataEnd, trailer, end
    }
    private var state = State.size
    private var left = 0
    private var digits = 0
    private var lineLength = 0
    /// What is wrong; nothing comes after that.
    private(set) var flaw: String?
    /// Whether the last chunk has come.
    var isComplete: Bool { state == .end || state == .trailer }

    /// Calls `body` with the payload in `bytes`.
    mutating func take<E: Error>(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        var at = 0
        while at < bytes.count, flaw == nil, state != .end {
            let byte = bytes[at]
            switch state {
            case .data:
                let count = min(left, bytes.count - at)
                try body(UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]))
                at += count
                left -= count
                if left == 0 { state = .dataEnd }
                continue
            case .size: takeSize(byte)
            case .extra: if byte == 0x0A { endSize() }
            case .dataEnd:
                if byte == 0x0A {
                    (state, left, digits) = (.size, 0, 0)
                } else if byte != 0x0D {
                    flaw = "bad chunking: a chunk is longer than it says"
                }
            case .trailer:
                if byte == 0x0A {
                    if lineLength == 0 { state = .end }
                    lineLength = 0
                } else if byte != 0x0D {
                    lineLength += 1
                }
            case .end: break
            }
            at += 1
        }
    }

    private mutating func takeSize(_ byte: UInt8) {
        let digit: Int
        switch byte {
        case 0x30...0x39: digit = Int(byte) - 0x30
        case 0x41...0x46: digit = Int(byte) - 0x41 + 10
        case 0x61...0x66: digit = Int(byte) - 0x61 + 10
        case 0x0A where digits > 0: return endSize()
        case 0x0D, 0x20, 0x09, 0x3B:
            if digits > 0 { state = .extra } else { flaw = "bad chunking: a chunk has no size" }
            return
        default:
            flaw = "bad chunking: a chunk's size is no number"
            return
        }
        digits += 1
        guard digits <= 12 else {
            flaw = "bad chunking: a chunk's size is absurd"
            return
        }
        left = left << 4 | digit
    }

    private mutating func endSize() {
        state = left == 0 ? .trailer : .data
        lineLength = 0
    }
}

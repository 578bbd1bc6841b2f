import Glibc

/// The lines of a descriptor, in bounded memory.
struct LineReader {
    enum Line: Hashable {
        /// Without its end.
        case text([UInt8])
        /// Longer than a line may be; it was passed over.
        case tooLong
    }

    private let descriptor: Int32
    private let maximumCount: Int
    private var bytes: [UInt8] = []
    private var at = 0
    /// No line ends before this.
    private var searched = 0
    /// Within a line that is too long.
    private var isSkipping = false
    private(set) var isAtEnd = false
    /// Why reading ended early.
    private(set) var failure: SystemError?

    init(descriptor: Int32, maximumCount: Int) { (self.descriptor, self.maximumCount) = (descriptor, maximumCount) }

    /// A line that has come whole; nil when none has. At the end the rest counts as one.
    mutating func next() -> Line? {
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = bytes[at..<end]
                (at, searched) = (end + 1, end + 1)
                if isSkipping {
                    isSkipping = false
                    return .tooLong
                }
                return line.count > maximumCount ? .tooLong : .text(Array(line))
            }
            searched = bytes.count
            if isSkipping || bytes.count - at > maximumCount {
                isSkipping = true
                (bytes, at, searched) = ([], 0, 0)
            }
            guard isAtEnd, isSkipping || at < bytes.count else { return nil }
            // A last line without an end.
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    /// Whether `next` has something to say without more bytes.
    var hasLine: Bool { isAtEnd || bytes[searched...].contains(UInt8(ascii: "\n")) }

    /// Takes what has come; waits for it up to `milliseconds`.
    mutating func fill(milliseconds: Int32) {
        guard !isAtEnd else { return }
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, milliseconds) > 0 else { return }
        bytes.removeFirst(at)
        (at, searched) = (0, searched - at)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 1 << 16))
        let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + start, 1 << 16) }
        let code = errno
        bytes.removeLast((1 << 16) - max(0, got))
        if got == 0 { isAtEnd = true }
        if got < 0, code != EINTR, code != EAGAIN {
            isAtEnd = true
            failure = SystemError(code: code)
        }
    }
}

import CSandbox
import Glibc
import WorkerProtocol

/// Messages from a worker: as many are taken from the socket at once as have come.
struct Inbox {
    let channel: Int32
    /// Bytes of a message.
    private let maximumCount: Int
    private var bytes: [UInt8] = []
    private var at = 0

    init(channel: Int32, maximumCount: Int) { (self.channel, self.maximumCount) = (channel, maximumCount) }

    /// Whether some of what came is not taken.
    var hasBytes: Bool { at < bytes.count }

    /// The next message. Waits for it until `deadline`; what has come by then is taken first.
    mutating func receive(
        until deadline: inout Deadline, keepWaiting: () -> Bool
    ) throws(WorkerProcess.Loss) -> [UInt8] {
        while true {
            if let message = try next() { return message }
            let ready = deadline.watching { cs_wait_readable(channel, 100) }
            guard ready >= 0 else { throw .died("") }
            if ready > 0 {
                try fill()
                if let message = try next() { return message }
            }
            guard keepWaiting() else { throw .stopped }
            guard !deadline.isOver else { throw .timedOut }
        }
    }

    /// A message that has come whole.
    private mutating func next() throws(WorkerProcess.Loss) -> [UInt8]? {
        guard bytes.count - at >= Frame.headerCount else { return nil }
        let start = at + Frame.headerCount
        let count = Frame.messageCount(header: Array(bytes[at..<start]))
        guard count <= maximumCount else { throw .malformed }
        guard bytes.count - start >= count else { return nil }
        at = start + count
        return Array(bytes[start..<at])
    }

    private mutating func fill() throws(WorkerProcess.Loss) {
        bytes.removeFirst(at)
        at = 0
        let part = [UInt8](unsafeUninitializedCapacity: 1 << 17) { buffer, count in
            count = max(0, recv(channel, buffer.baseAddress, buffer.count, 0))
        }
        guard !part.isEmpty else { throw .died("") }
        bytes += part
    }
}

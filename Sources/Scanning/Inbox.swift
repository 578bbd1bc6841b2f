import CSandbox
import Glibc
import WorkerProtocol

/// Messages from a worker: as many are taken from the socket at once as have come.
final class Inbox {
    let channel: Int32
    /// Bytes of a message.
    private let maximumCount: Int
    private let buffer: UnsafeMutableRawBufferPointer
    /// Of it, what came and is not taken.
    private var filled = 0..<0

    /// Bytes that are taken at once beside a message that has not come whole.
    private static let room = 1 << 17

    init(channel: Int32, maximumCount: Int) {
        (self.channel, self.maximumCount) = (channel, maximumCount)
        buffer = .allocate(byteCount: Frame.headerCount + maximumCount + Self.room, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Whether some of what came is not taken.
    var hasBytes: Bool { !filled.isEmpty }

    /// The next message. Waits for it until `deadline`; what has come by then is taken first.
    func receive(
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
    private func next() throws(WorkerProcess.Loss) -> [UInt8]? {
        guard filled.count >= Frame.headerCount else { return nil }
        let start = filled.lowerBound + Frame.headerCount
        let count = Frame.messageCount(header: UnsafeRawBufferPointer(rebasing: buffer[filled.lowerBound..<start]))
        guard count <= maximumCount else { throw .malformed }
        guard filled.upperBound - start >= count else { return nil }
        filled = start + count..<filled.upperBound
        return [UInt8](buffer[start..<start + count])
    }

    private func fill() throws(WorkerProcess.Loss) {
        if filled.lowerBound > 0 {
            memmove(buffer.baseAddress!, buffer.baseAddress! + filled.lowerBound, filled.count)
            filled = 0..<filled.count
        }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled.upperBound...])
        let count = recv(channel, room.baseAddress, room.count, 0)
        guard count > 0 else { throw .died("") }
        filled = 0..<filled.count + count
    }
}

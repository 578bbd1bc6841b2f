import CSandbox
import Glibc
import WorkerProtocol

/// The worker's end of the socket.
struct Channel {
    let descriptor: Int32

    /// False when the parent is gone.
    func send(_ message: [UInt8]) -> Bool {
        let frame = Frame.encode(message)
        return cs_send_with_fd(descriptor, frame, frame.count, -1) == 0
    }

    /// Whether to decode the item whose digest was told; nil when the parent is gone.
    func receiveDecision() -> WorkerDecision? {
        var byte: UInt8 = 0
        var passed: Int32 = -1
        let count = cs_receive_with_fd(descriptor, &byte, 1, &passed)
        if passed >= 0 { close(passed) }
        return count == 1 ? WorkerDecision(rawValue: byte) : nil
    }

    /// The next request and the item's descriptor, which the caller closes; nil when the parent is gone
    /// or does not keep to the protocol.
    func receiveRequest() -> (WorkerRequest, Int32)? {
        let expected = Frame.headerCount + WorkerRequest.encodedCount
        var bytes: [UInt8] = []
        var item: Int32 = -1
        while bytes.count < expected {
            var passed: Int32 = -1
            var part = [UInt8](repeating: 0, count: expected - bytes.count)
            let count = cs_receive_with_fd(descriptor, &part, part.count, &passed)
            if passed >= 0 { item = passed }
            guard count > 0 else { return nil }
            bytes += part.prefix(count)
        }
        guard item >= 0, let request = try? WorkerRequest(decoding: bytes[Frame.headerCount...]) else { return nil }
        return (request, item)
    }
}

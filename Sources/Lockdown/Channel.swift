import CSandbox
import Glibc
package import WorkerProtocol

/// The worker's end of the socket.
package final class Channel {
    private let descriptor: Int32
    /// Messages that are not sent yet: each sending wakes the parent.
    private var outbox: [UInt8] = []
    private var lastSent = ContinuousClock.now
    /// Bytes that wait for more: about what a socket takes at once.
    private static let postedBytes = 160 << 10

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Sends `message` soon: with the next ones, or with `flush`. False when the parent is gone.
    package func post(_ message: [UInt8]) -> Bool {
        Frame.append(message, to: &outbox)
        return outbox.count < Self.postedBytes && ContinuousClock.now - lastSent < .milliseconds(20) ? true : flush()
    }

    /// Sends `message` now. False when the parent is gone.
    package func send(_ message: [UInt8]) -> Bool {
        Frame.append(message, to: &outbox)
        return flush()
    }

    /// Sends what is left.
    package func flush() -> Bool {
        defer {
            outbox.removeAll(keepingCapacity: true)
            lastSent = .now
        }
        return outbox.isEmpty || cs_send(descriptor, outbox, outbox.count, nil, 0) == 0
    }

    /// Which of the items whose digests were told to decode; nil when the parent is gone.
    package func receiveDecisions(count: Int) -> [WorkerDecision]? {
        guard let bytes = receive(count)?.bytes else { return nil }
        let decisions = bytes.compactMap { WorkerDecision(rawValue: $0) }
        return decisions.count == count ? decisions : nil
    }

    /// The next items and their descriptors, which the caller closes; nil when the parent is gone
    /// or does not keep to the protocol.
    package func receiveBatch() -> (WorkerRequest, [Int32])? {
        guard let (bytes, items) = receive(Frame.headerCount + WorkerBatch.encodedCount),
            let batch = try? WorkerBatch(decoding: bytes[Frame.headerCount...]), batch.itemCount == items.count
        else { return nil }
        return (batch.request, items)
    }

    /// Bytes of a known count and the descriptors that came with them; nil when the parent is gone.
    package func receive(_ count: Int) -> (bytes: [UInt8], items: [Int32])? {
        var bytes: [UInt8] = []
        var items: [Int32] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            var passed = [Int32](repeating: -1, count: Int(CS_MAX_DESCRIPTORS))
            var passedCount = 0
            let got = cs_receive(descriptor, &part, part.count, &passed, &passedCount)
            items += passed.prefix(passedCount)
            guard got > 0 else { return nil }
            bytes += part.prefix(got)
        }
        return (bytes, items)
    }
}

/// Items that a worker is asked about together; their descriptors come with the message's first byte, in their order.
///
/// The worker answers in that order. Where digests are wanted first, it tells all of them, or the reply of an item that
/// has none; `ansim` answers with one decision for each digest; replies follow for those that are to be decoded.
public struct WorkerBatch: Sendable, Hashable {
    public let request: WorkerRequest
    /// 1...`maximumItems`.
    public let itemCount: Int

    public static let maximumItems = 32

    /// - Precondition: `itemCount` is in range.
    public init(request: WorkerRequest, itemCount: Int) {
        precondition((1...Self.maximumItems).contains(itemCount))
        (self.request, self.itemCount) = (request, itemCount)
    }

    /// Bytes of every encoded batch.
    public static let encodedCount = 1 + WorkerRequest.encodedCount

    public var encoded: [UInt8] { [UInt8(itemCount)] + request.encoded }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        guard let count = bytes.first, (1...Self.maximumItems).contains(Int(count)) else { throw MalformedMessage() }
        (request, itemCount) = (try WorkerRequest(decoding: bytes.dropFirst()), Int(count))
    }
}

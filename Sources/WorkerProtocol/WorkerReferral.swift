/// What a worker says of an item that it has no decoder for: another worker is to be asked, from the start. It may come
/// in a digest's place, or in a reply's.
public struct WorkerReferral: Sendable, Hashable {
    private static let tag: UInt8 = 4

    public init() {}

    public var encoded: [UInt8] { [Self.tag] }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        guard bytes.elementsEqual([Self.tag]) else { throw MalformedMessage() }
    }
}

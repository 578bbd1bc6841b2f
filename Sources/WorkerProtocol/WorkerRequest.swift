public import MediaModel

/// What `ansim` asks of a worker about one item; the item itself comes as an open
/// descriptor with the message's first byte.
public struct WorkerRequest: Sendable, Hashable {
    public var wanted: HashSet
    public var convention: HashConvention
    public var limits: ItemLimits

    public init(wanted: HashSet, convention: HashConvention, limits: ItemLimits) {
        (self.wanted, self.convention, self.limits) = (wanted, convention, limits)
    }

    /// Bytes of every encoded request.
    public static let encodedCount = 2 + 4 * 8

    public var encoded: [UInt8] {
        var out = ByteWriter()
        out.put(wanted.rawValue)
        out.put(UInt8(convention == .fullSize ? 0 : 1))
        for value in [limits.bytes, limits.pixels, limits.memory, limits.seconds] { out.put(UInt64(value)) }
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        guard let wanted = HashSet(rawValue: try reader.take()) else { throw MalformedMessage() }
        self.wanted = wanted
        convention = try reader.takeFlag() ? .cli512 : .fullSize
        var values: [Int] = []
        for _ in 0..<4 {
            guard let value = Int(exactly: try reader.take(UInt64.self)) else { throw MalformedMessage() }
            values.append(value)
        }
        limits = ItemLimits(bytes: values[0], pixels: values[1], memory: values[2], seconds: values[3])
        guard reader.isAtEnd else { throw MalformedMessage() }
    }
}

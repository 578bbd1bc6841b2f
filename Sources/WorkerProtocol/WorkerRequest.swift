public import MediaModel

/// What `ansim` asks of a worker about one item; the item itself comes as an open
/// descriptor with the message's first byte.
public struct WorkerRequest: Sendable, Hashable {
    public var wanted: HashSet
    public var convention: HashConvention
    public var precision: HashPrecision
    public var limits: ItemLimits
    /// The worker tells the bytes' digest first and waits to be told whether to decode them.
    public var wantsDigestFirst: Bool

    public init(
        wanted: HashSet, convention: HashConvention, precision: HashPrecision, limits: ItemLimits,
        wantsDigestFirst: Bool = false
    ) {
        (self.wanted, self.convention, self.precision) = (wanted, convention, precision)
        (self.limits, self.wantsDigestFirst) = (limits, wantsDigestFirst)
    }

    /// Bytes of every encoded request.
    public static let encodedCount = 4 + 5 * 8

    public var encoded: [UInt8] {
        var out = ByteWriter()
        out.put(wanted.rawValue)
        out.put(convention == .cli512)
        out.put(precision == .fast)
        out.put(wantsDigestFirst)
        for value in [limits.bytes, limits.pixels, limits.memory, limits.seconds, limits.wallSeconds] {
            out.put(UInt64(value))
        }
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        guard let wanted = HashSet(rawValue: try reader.take()) else { throw MalformedMessage() }
        self.wanted = wanted
        convention = try reader.takeFlag() ? .cli512 : .fullSize
        precision = try reader.takeFlag() ? .fast : .exact
        // Only one hash of one convention has a fast form.
        guard precision == .exact || (convention == .fullSize && wanted == .single) else { throw MalformedMessage() }
        wantsDigestFirst = try reader.takeFlag()
        var values: [Int] = []
        for _ in 0..<5 {
            guard let value = Int(exactly: try reader.take(UInt64.self)) else { throw MalformedMessage() }
            values.append(value)
        }
        limits = ItemLimits(
            bytes: values[0], pixels: values[1], memory: values[2], seconds: values[3], wallSeconds: values[4])
        guard reader.isAtEnd else { throw MalformedMessage() }
    }
}

public import MediaModel

/// What `ansim` asks of a worker about one item; the item itself comes as an open
/// descriptor with the message's first byte.
public struct WorkerRequest: Sendable, Hashable {
    public var wanted: HashSet
    public var convention: HashConvention
    public var precision: HashPrecision
    public var limits: ItemLimits
    /// Of a video, which frames are looked at.
    public var frameMode: FrameMode
    /// Of these, only those that differ from the last one told by more bits; -1 for all.
    public var leastFrameDistance: Int
    /// What is wanted beside hashes: an item's regions and features, or what a reference keeps.
    public var depth: SearchDepth
    /// The worker tells the bytes' digest first and waits to be told whether to decode them.
    public var wantsDigestFirst: Bool
    /// A small gray picture of the item as well; of a video, of its first frame that shows something, and no further ones.
    public var wantsThumbnail = false
    /// The bytes' MD5 and SHA-1 as well.
    public var wantsAllDigests = false

    public init(
        wanted: HashSet, convention: HashConvention, precision: HashPrecision, limits: ItemLimits,
        frameMode: FrameMode, leastFrameDistance: Int = -1, depth: SearchDepth = .quick,
        wantsDigestFirst: Bool = false
    ) {
        self.depth = depth
        (self.wanted, self.convention, self.precision) = (wanted, convention, precision)
        (self.limits, self.wantsDigestFirst) = (limits, wantsDigestFirst)
        (self.frameMode, self.leastFrameDistance) = (frameMode, leastFrameDistance)
    }

    /// Bytes of every encoded request.
    public static let encodedCount = 4 + 9 * 8 + 1 + 8 + 2 + 1 + 1 + 1

    public var encoded: [UInt8] {
        var out = ByteWriter()
        out.put(wanted.rawValue)
        out.put(convention == .cli512)
        out.put(precision == .fast)
        out.put(wantsDigestFirst)
        for value in [
            limits.bytes, limits.pixels, limits.memory, limits.seconds, limits.wallSeconds, limits.videoBytes,
            limits.videoSeconds, limits.videoWallSeconds, limits.frames,
        ] {
            out.put(UInt64(value))
        }
        switch frameMode {
        case .every:
            out.put(UInt8(0))
            out.put(UInt64(0))
        case .keyFrames(let gap?):
            out.put(UInt8(1))
            out.put(UInt64(gap))
        case .keyFrames(nil):
            out.put(UInt8(4))
            out.put(UInt64(0))
        case .interval(let milliseconds):
            out.put(UInt8(2))
            out.put(UInt64(milliseconds))
        case .vpdq(let seconds):
            out.put(UInt8(3))
            out.put(seconds.bitPattern)
        }
        out.put(Int16(leastFrameDistance))
        out.put(depth.rawValue)
        out.put(wantsThumbnail)
        out.put(wantsAllDigests)
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
        for _ in 0..<9 {
            guard let value = Int(exactly: try reader.take(UInt64.self)) else { throw MalformedMessage() }
            values.append(value)
        }
        limits = ItemLimits(
            bytes: values[0], pixels: values[1], memory: values[2], seconds: values[3], wallSeconds: values[4],
            videoBytes: values[5], videoSeconds: values[6], videoWallSeconds: values[7], frames: values[8])
        let mode = try reader.take(UInt8.self)
        let value = try reader.take(UInt64.self)
        switch mode {
        case 0 where value == 0: frameMode = .every
        case 1 where value <= 1 << 40: frameMode = .keyFrames(maximumGap: Int(value))
        case 2 where (1...1 << 40).contains(value): frameMode = .interval(Int(value))
        case 3 where (0...1e6).contains(Double(bitPattern: value)):
            frameMode = .vpdq(secondsPerHash: Double(bitPattern: value))
        case 4 where value == 0: frameMode = .keyFrames(maximumGap: nil)
        default: throw MalformedMessage()
        }
        leastFrameDistance = Int(try reader.take(Int16.self))
        guard (-1...256).contains(leastFrameDistance), let depth = SearchDepth(rawValue: try reader.take()) else {
            throw MalformedMessage()
        }
        self.depth = depth
        wantsThumbnail = try reader.takeFlag()
        wantsAllDigests = try reader.takeFlag()
        guard reader.isAtEnd else { throw MalformedMessage() }
    }
}

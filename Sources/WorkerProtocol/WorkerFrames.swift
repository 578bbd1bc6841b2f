public import MediaModel

/// Some frames of a video, on the way to its reply: as many as a message holds, or those of the last moments.
public struct WorkerFrames: Sendable, Hashable {
    /// In order of their time; each with as many hashes.
    public let frames: [HashedFrame]

    /// - Precondition: not more than `capacity` frames.
    public init(frames: [HashedFrame]) { self.frames = frames }

    private static let tag: UInt8 = 3

    /// How many frames with so many hashes fit.
    public static func capacity(hashes: Int) -> Int { (4096 - 3) / (6 + 33 * hashes) }

    /// Whether a message is one, by its first byte.
    public static func isOne(_ message: [UInt8]) -> Bool { message.first == tag }

    public var encoded: [UInt8] {
        let hashes = frames.first?.hashes.count ?? 0
        precondition(frames.count <= Self.capacity(hashes: hashes))
        var out = ByteWriter()
        out.put(Self.tag)
        out.put(UInt8(frames.count))
        out.put(UInt8(hashes))
        for frame in frames {
            out.put(frame.time.milliseconds)
            out.put(UInt8(frame.time.feature.quality.rawValue))
            out.put(frame.time.feature.isDegenerate)
            for entry in frame.hashes {
                out.put(entry.orientation.rawValue)
                out.putRaw(entry.hash.bytes)
            }
        }
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        guard try reader.take(UInt8.self) == Self.tag else { throw MalformedMessage() }
        let (count, hashCount) = (Int(try reader.take(UInt8.self)), Int(try reader.take(UInt8.self)))
        var frames: [HashedFrame] = []
        for _ in 0..<count {
            let milliseconds = try reader.take(Int32.self)
            let quality = Int(try reader.take(UInt8.self))
            let isDegenerate = try reader.takeFlag()
            var hashes: [OrientedHash] = []
            for _ in 0..<hashCount {
                guard let orientation = Dihedral(rawValue: try reader.take()),
                    let hash = Hash256(bytes: try reader.takeRaw(32))
                else { throw MalformedMessage() }
                hashes.append(OrientedHash(orientation: orientation, hash: hash))
            }
            guard let own = hashes.first, milliseconds >= 0, (0...100).contains(quality) else {
                throw MalformedMessage()
            }
            let feature = Feature(hash: own.hash, quality: Quality(rawValue: quality), isDegenerate: isDegenerate)
            frames.append(
                HashedFrame(time: FrameFeature(milliseconds: milliseconds, feature: feature), hashes: hashes))
        }
        guard reader.isAtEnd else { throw MalformedMessage() }
        self.frames = frames
    }
}

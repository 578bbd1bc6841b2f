public import MediaModel

/// Some frames of a video, on the way to its reply: as many as a message holds, or those of the last moments.
public struct WorkerFrames: Sendable, Hashable {
    /// In order of their time; each with as many hashes.
    public let frames: [HashedFrame]

    /// - Precondition: each frame fitted after those before it.
    public init(frames: [HashedFrame]) { self.frames = frames }

    private static let tag: UInt8 = 3

    /// An encoded message is never longer.
    public static let maximumCount = WorkerReply.maximumCount
    /// Bytes before the frames.
    private static let headCount = 3

    /// Whether a message with these frames has room for another one.
    public static func fits(_ frame: HashedFrame, after bytes: Int, count: Int) -> Bool {
        count < 255 && headCount + bytes + encodedCount(of: frame) <= maximumCount
    }

    /// Bytes of a frame in a message.
    public static func encodedCount(of frame: HashedFrame) -> Int {
        6 + 33 * frame.hashes.count + 4 + (frame.details.isEmpty ? 0 : frame.details.byteCount)
    }

    /// Whether a message is one, by its first byte.
    public static func isOne(_ message: [UInt8]) -> Bool { message.first == tag }

    public var encoded: [UInt8] {
        let hashes = frames.first?.hashes.count ?? 0
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
            if frame.details.isEmpty {
                out.put(UInt32(0))
            } else {
                out.put(frame.details)
            }
        }
        precondition(out.bytes.count <= Self.maximumCount)
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
            let data = try reader.takeData(limit: PictureDetails.maximumByteCount)
            var details = PictureDetails.none
            if !data.isEmpty {
                guard let known = PictureDetails(bytes: data), !known.isEmpty else { throw MalformedMessage() }
                details = known
            }
            frames.append(
                HashedFrame(
                    time: FrameFeature(milliseconds: milliseconds, feature: feature), hashes: hashes, details: details)
            )
        }
        guard reader.isAtEnd else { throw MalformedMessage() }
        self.frames = frames
    }
}

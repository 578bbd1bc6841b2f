public import MediaModel

/// What a worker found in one item. It comes from a process that parsed hostile bytes
/// and is checked accordingly.
public struct WorkerReply: Sendable, Hashable {
    /// Size of the item in bytes.
    public var byteCount: Int64
    /// Nil when the item could not be read to its end.
    public var sha256: SHA256Digest?
    /// If they were wanted, and there is a SHA-256.
    public var digests: ItemDigests?
    public var content: Content
    /// Of a picture, what was wanted beside its hashes.
    public var details: PictureDetails
    /// If it was wanted, and the item could be decoded.
    public var thumbnail: Thumbnail?

    public enum Content: Sendable, Hashable {
        /// `hashes`: the wanted set, at least one; the first is the picture's own.
        case picture(PictureFacts, hashes: [OrientedHash])
        /// Its frames came before, in `WorkerFrames`.
        case video(VideoFacts, frameCount: Int)
        /// `format`: as far as it was recognised.
        case failure(ItemFailure, format: MediaFormat)
    }

    public init(
        byteCount: Int64, sha256: SHA256Digest?, content: Content, details: PictureDetails = .none,
        thumbnail: Thumbnail? = nil, digests: ItemDigests? = nil
    ) {
        self.digests = digests
        (self.byteCount, self.sha256, self.content) = (byteCount, sha256, content)
        (self.details, self.thumbnail) = (details, thumbnail)
    }

    /// An encoded reply is never longer: a reference's crops and features are most of it.
    public static let maximumCount =
        4096 + Thumbnail.longestSide * Thumbnail.longestSide + PictureDetails.maximumByteCount
    private static let tag: UInt8 = 1
    private static let maximumText = 1024
    private static let maximumHashes = 64

    public var encoded: [UInt8] {
        var out = ByteWriter()
        out.put(Self.tag)
        out.put(byteCount)
        out.put(sha256 != nil)
        if let sha256 { out.putRaw(sha256.bytes) }
        out.put(digests != nil)
        if let digests { out.putRaw(digests.bytes) }
        switch content {
        case .picture(let facts, let hashes):
            out.put(UInt8(0))
            out.put(facts.format)
            out.put(UInt32(facts.width))
            out.put(UInt32(facts.height))
            out.put(UInt8(facts.exifOrientation ?? 0))
            out.put(UInt8(facts.quality.rawValue))
            out.put(facts.isDegenerate)
            out.put(facts.damage != nil)
            if let damage = facts.damage { out.put(Self.clipped(damage)) }
            out.put(facts.hasFurtherFrames)
            out.put(facts.precision == .fast)
            out.put(UInt8(hashes.count))
            for entry in hashes {
                out.put(entry.orientation.rawValue)
                out.putRaw(entry.hash.bytes)
            }
            out.put(details)
        case .video(let facts, let frameCount):
            out.put(UInt8(2))
            out.put(facts.format)
            out.put(Self.clipped(facts.container))
            out.put(Self.clipped(facts.codec))
            out.put(UInt32(facts.width))
            out.put(UInt32(facts.height))
            out.put(UInt16(facts.rotation))
            out.put(facts.durationMilliseconds)
            out.put(facts.framesPerSecond.bitPattern)
            out.put(facts.damage != nil)
            if let damage = facts.damage { out.put(Self.clipped(damage)) }
            out.put(facts.hasFurtherStreams)
            out.put(facts.precision == .fast)
            out.put(UInt64(frameCount))
            out.put(facts.limit != nil)
            if let limit = facts.limit { Self.put(limit, into: &out) }
        case .failure(let failure, let format):
            out.put(UInt8(1))
            out.put(format)
            Self.put(failure, into: &out)
        }
        out.put(UInt8(thumbnail?.width ?? 0))
        if let thumbnail {
            out.put(UInt8(thumbnail.height))
            out.putRaw(thumbnail.pixels)
        }
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        guard try reader.take(UInt8.self) == Self.tag else { throw MalformedMessage() }
        byteCount = try reader.take(Int64.self)
        guard (0...1 << 50).contains(byteCount) else { throw MalformedMessage() }
        sha256 = try reader.takeFlag() ? SHA256Digest(bytes: try reader.takeRaw(32)) : nil
        digests = try reader.takeFlag() ? ItemDigests(bytes: try reader.takeRaw(ItemDigests.byteCount)) : nil
        switch try reader.take(UInt8.self) {
        case 0:
            content = try Self.picture(&reader)
            let bytes = try reader.takeData(limit: PictureDetails.maximumByteCount)
            guard let details = PictureDetails(bytes: bytes) else { throw MalformedMessage() }
            self.details = details
        case 1:
            let format = try reader.takeFormat()
            (content, details) = (.failure(try Self.failure(&reader), format: format), .none)
        case 2: (content, details) = (try Self.video(&reader), .none)
        default: throw MalformedMessage()
        }
        let width = Int(try reader.take(UInt8.self))
        if width > 0 {
            let height = Int(try reader.take(UInt8.self))
            let pixels = Array(try reader.takeRaw(width * height))
            guard let thumbnail = Thumbnail(pixels: pixels, width: width, height: height) else {
                throw MalformedMessage()
            }
            self.thumbnail = thumbnail
        }
        guard reader.isAtEnd else { throw MalformedMessage() }
    }

    private static func picture(_ reader: inout ByteReader) throws(MalformedMessage) -> Content {
        let format = try reader.takeFormat()
        let (width, height) = (Int(try reader.take(UInt32.self)), Int(try reader.take(UInt32.self)))
        let orientation = Int(try reader.take(UInt8.self))
        let quality = Int(try reader.take(UInt8.self))
        let isDegenerate = try reader.takeFlag()
        let damage = try reader.takeFlag() ? try reader.takeText(limit: maximumText) : nil
        let hasFurtherFrames = try reader.takeFlag()
        let precision: HashPrecision = try reader.takeFlag() ? .fast : .exact
        let count = Int(try reader.take(UInt8.self))
        guard (0...8).contains(orientation), (0...100).contains(quality), (1...maximumHashes).contains(count) else {
            throw MalformedMessage()
        }
        var hashes: [OrientedHash] = []
        for _ in 0..<count {
            guard let orientation = Dihedral(rawValue: try reader.take()),
                let hash = Hash256(bytes: try reader.takeRaw(32))
            else { throw MalformedMessage() }
            hashes.append(OrientedHash(orientation: orientation, hash: hash))
        }
        let facts = PictureFacts(
            format: format, width: width, height: height, exifOrientation: orientation == 0 ? nil : orientation,
            quality: Quality(rawValue: quality), isDegenerate: isDegenerate, damage: damage,
            hasFurtherFrames: hasFurtherFrames, precision: precision)
        return .picture(facts, hashes: hashes)
    }

    private static func video(_ reader: inout ByteReader) throws(MalformedMessage) -> Content {
        let format = try reader.takeFormat()
        let (container, codec) = (try reader.takeText(limit: maximumText), try reader.takeText(limit: maximumText))
        let (width, height) = (Int(try reader.take(UInt32.self)), Int(try reader.take(UInt32.self)))
        let (rotation, duration) = (Int(try reader.take(UInt16.self)), try reader.take(Int64.self))
        let framesPerSecond = Double(bitPattern: try reader.take(UInt64.self))
        let damage = try reader.takeFlag() ? try reader.takeText(limit: maximumText) : nil
        let hasFurtherStreams = try reader.takeFlag()
        let precision: HashPrecision = try reader.takeFlag() ? .fast : .exact
        guard let frameCount = Int(exactly: try reader.take(UInt64.self)), [0, 90, 180, 270].contains(rotation),
            duration >= 0, framesPerSecond.isFinite
        else { throw MalformedMessage() }
        let limit = try reader.takeFlag() ? try failure(&reader) : nil
        guard limit == nil || limit?.verdict == .overLimit else { throw MalformedMessage() }
        let facts = VideoFacts(
            format: format, container: container, codec: codec, width: width, height: height, rotation: rotation,
            durationMilliseconds: duration, framesPerSecond: framesPerSecond, damage: damage,
            hasFurtherStreams: hasFurtherStreams, precision: precision, limit: limit)
        return .video(facts, frameCount: frameCount)
    }

    private static func put(_ failure: ItemFailure, into out: inout ByteWriter) {
        out.put(Array(failure.verdict.rawValue.utf8))
        out.put(Array(failure.reason.rawValue.utf8))
        out.put(clipped(failure.detail))
    }

    private static func failure(_ reader: inout ByteReader) throws(MalformedMessage) -> ItemFailure {
        let verdict = try word(&reader, Verdict.self)
        let reason = try word(&reader, ItemFailure.Reason.self)
        // A worker can't call an item matched, or clear.
        guard [.undecodable, .unsupported, .overLimit].contains(verdict) else { throw MalformedMessage() }
        return ItemFailure(verdict, reason, try reader.takeText(limit: maximumText))
    }

    private static func word<T: RawRepresentable<String>>(
        _ reader: inout ByteReader, _: T.Type
    ) throws(MalformedMessage) -> T {
        guard let value = T(rawValue: try reader.takeText(limit: 32)) else { throw MalformedMessage() }
        return value
    }

    /// Texts of the codecs, at a length that fits.
    private static func clipped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            guard bytes.count + next.count <= maximumText else { break }
            bytes += next
        }
        return bytes
    }
}

public import MediaModel

/// What a worker says before it decodes, when it was asked to: the digest of the item's bytes.
public struct WorkerDigest: Sendable, Hashable {
    public let sha256: SHA256Digest

    public init(sha256: SHA256Digest) { self.sha256 = sha256 }

    private static let tag: UInt8 = 2

    public var encoded: [UInt8] {
        var out = ByteWriter()
        out.put(Self.tag)
        out.putRaw(sha256.bytes)
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        guard try reader.take(UInt8.self) == Self.tag, let digest = SHA256Digest(bytes: try reader.takeRaw(32)),
            reader.isAtEnd
        else { throw MalformedMessage() }
        sha256 = digest
    }
}

/// The answer to it: one byte, without a length.
public enum WorkerDecision: UInt8, Sendable {
    /// Nothing more is wanted of this item.
    case skip = 0
    case decode = 1
}

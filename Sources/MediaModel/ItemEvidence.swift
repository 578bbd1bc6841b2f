/// Digests of an item's bytes beside its SHA-256, because old lists have them; as lower-case hex digits.
public struct ItemDigests: Sendable, Hashable {
    public let md5: String
    public let sha1: String

    public init(md5: String, sha1: String) { (self.md5, self.sha1) = (md5, sha1) }

    /// 16 bytes of MD5, then 20 of SHA-1: as messages and ledgers have them.
    public static let byteCount = 36

    public var bytes: [UInt8] {
        (ListedDigest(.md5, md5)?.bytes ?? []) + (ListedDigest(.sha1, sha1)?.bytes ?? [])
    }

    /// Nil unless there are as many.
    public init?(bytes: some Collection<UInt8>) {
        guard let md5 = ListedDigest(.md5, bytes: bytes.prefix(16)),
            let sha1 = ListedDigest(.sha1, bytes: bytes.dropFirst(16))
        else { return nil }
        self.init(md5: md5.digits, sha1: sha1.digits)
    }
}

/// An item's bytes and a reference: what a person decides about, wherever the bytes are found.
public struct ItemPair: Sendable, Hashable {
    public let sha256: SHA256Digest
    public let reference: ReferenceID

    public init(sha256: SHA256Digest, reference: ReferenceID) {
        (self.sha256, self.reference) = (sha256, reference)
    }
}

/// What made a record: with it somebody else can make it again.
public struct RecordOrigin: Sendable, Hashable {
    /// Version of Ansim.
    public let engine: String
    /// Digest of the settings that decided.
    public let settings: String
    /// Digest of what was searched; it tells nothing of the hashes.
    public let registry: String

    public init(engine: String, settings: String, registry: String) {
        (self.engine, self.settings, self.registry) = (engine, settings, registry)
    }
}

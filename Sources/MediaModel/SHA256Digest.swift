/// The SHA-256 of a file's bytes; as text, 64 lower-case hex digits.
public struct SHA256Digest: Sendable, Hashable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// Word by word, which is quicker than byte by byte.
    public func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { bytes in
            for at in stride(from: 0, to: 32, by: 8) {
                hasher.combine(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            }
        }
    }

    /// Nil unless there are 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }
}

extension SHA256Digest: LosslessStringConvertible {
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Nil unless `text` is 64 hex digits.
    public init?(_ text: String) {
        let values = text.utf8.compactMap(hexValue)
        guard values.count == 64, text.utf8.count == 64 else { return nil }
        self.init(bytes: stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }
}

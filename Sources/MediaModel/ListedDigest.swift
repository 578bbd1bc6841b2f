/// A file by a digest of its bytes, as lists of digests name it.
public struct ListedDigest: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case md5, sha1, sha256

        public var byteCount: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            case .sha256: 32
            }
        }
    }

    public let kind: Kind
    public let bytes: [UInt8]

    /// Nil unless there are as many bytes as the kind has.
    public init?(_ kind: Kind, bytes: some Collection<UInt8>) {
        guard bytes.count == kind.byteCount else { return nil }
        (self.kind, self.bytes) = (kind, Array(bytes))
    }

    /// Nil unless `text` is as many hex digits as the kind has.
    public init?(_ kind: Kind, _ text: String) {
        let values = text.utf8.compactMap(hexValue)
        guard values.count == text.utf8.count, values.count == 2 * kind.byteCount else { return nil }
        self.init(kind, bytes: stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }

    /// Lower-case hex digits.
    public var digits: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

import ContentDigest

/// A digest as a WARC states it: `algorithm:value`, the value in base 32 or in hex.
struct PayloadDigest {
    let algorithm: ContentHasher.Algorithm
    private let value: [UInt8]

    /// Nil for an algorithm or a form that is not known.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "sha1", "sha-1": algorithm = .sha1
        case "sha256", "sha-256": algorithm = .sha256
        case "md5": algorithm = .md5
        default: return nil
        }
        let digits = Array(parts[1].utf8)
        let decoded =
            digits.count == 2 * algorithm.byteCount ? Self.bytes(digits, bits: 4) : Self.bytes(digits, bits: 5)
        guard let decoded, decoded.count == algorithm.byteCount else { return nil }
        value = decoded
    }

    func isThat(of hasher: ContentHasher) -> Bool { hasher.finish() == value }

    private static func bytes(_ digits: [UInt8], bits: Int) -> [UInt8]? {
        var (bytes, held, count): ([UInt8], Int, Int) = ([], 0, 0)
        for digit in digits where digit != UInt8(ascii: "=") {
            guard let value = bits == 4 ? hex(digit) : base32(digit) else { return nil }
            held = (held << bits | value) & 0xFFFF
            count += bits
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> count))
            }
        }
        return bytes
    }

    private static func hex(_ digit: UInt8) -> Int? { Int(String(UnicodeScalar(digit)), radix: 16) }

    private static func base32(_ digit: UInt8) -> Int? {
        switch digit {
        case 0x41...0x5A: Int(digit) - 0x41
        case 0x61...0x7A: Int(digit) - 0x61
        case 0x32...0x37: Int(digit) - 0x32 + 26
        default: nil
        }
    }
}

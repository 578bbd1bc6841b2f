/// A 256-bit PDQ hash.
///
/// Bit `n` of SPEC 1.9 is bit `n % 64` of word `n / 64`; as text it is 64 lower-case
/// hex digits, bit 255 first (SPEC 1.10).
@frozen public struct Hash256: Sendable, Hashable, BitwiseCopyable {
    /// Bits 0...63.
    public var word0: UInt64
    /// Bits 64...127.
    public var word1: UInt64
    /// Bits 128...191.
    public var word2: UInt64
    /// Bits 192...255.
    public var word3: UInt64

    /// A hash from its words, least significant first.
    @inlinable public init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        (self.word0, self.word1, self.word2, self.word3) = (word0, word1, word2, word3)
    }

    /// The hash with no bit set.
    @inlinable public static var zero: Hash256 { Hash256(0, 0, 0, 0) }

    /// Hamming distance, 0...256.
    @inlinable public func distance(to other: Hash256) -> Int {
        (word0 ^ other.word0).nonzeroBitCount + (word1 ^ other.word1).nonzeroBitCount
            + (word2 ^ other.word2).nonzeroBitCount + (word3 ^ other.word3).nonzeroBitCount
    }
}

extension Hash256: LosslessStringConvertible {
    /// 64 lower-case hex digits.
    public var description: String {
        [word3, word2, word1, word0].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Nil unless `text` is 64 hex digits.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var words: [UInt64] = []
        for start in stride(from: 0, to: 64, by: 16) {
            var word: UInt64 = 0
            for digit in digits[start..<start + 16] {
                guard let value = hexValue(digit) else { return nil }
                word = word << 4 | UInt64(value)
            }
            words.append(word)
        }
        self.init(words[3], words[2], words[1], words[0])
    }
}

extension Hash256 {
    /// 32 bytes: the words in order, each little-endian. The form in which hashes are stored.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: littleEndianWords) { [UInt8]($0) }
    }

    private var littleEndianWords: (UInt64, UInt64, UInt64, UInt64) {
        (word0.littleEndian, word1.littleEndian, word2.littleEndian, word3.littleEndian)
    }

    /// Nil unless there are 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        let contiguous = bytes.withContiguousStorageIfAvailable { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            func word(_ at: Int) -> UInt64 {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            }
            return Hash256(word(0), word(8), word(16), word(24))
        }
        if let contiguous {
            self = contiguous
            return
        }
        var words: [UInt64] = [0, 0, 0, 0]
        for (i, byte) in bytes.enumerated() { words[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8)) }
        self.init(words[0], words[1], words[2], words[3])
    }
}

func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}

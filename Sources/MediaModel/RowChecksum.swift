/// A checksum of a stored row: SQLite does not notice when bits of a value flip on the disk,
/// and a flipped hash would be a miss that nobody sees.
///
/// FNV-1a over 64 bits, with a length before every value so that values can't run into one another.
public struct RowChecksum {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}

    @inline(__always) private mutating func mix(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    public mutating func add(_ value: Int64?) {
        guard let value else {
            mix(0)
            return
        }
        mix(8)
        for shift in stride(from: 0, to: 64, by: 8) { mix(UInt8(truncatingIfNeeded: value >> Int64(shift))) }
    }

    public mutating func add(_ bytes: some Collection<UInt8>) {
        add(Int64(bytes.count))
        for byte in bytes { mix(byte) }
    }

    /// The same of bytes in memory, which most are.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(Int64(bytes.count))
        for byte in bytes { mix(byte) }
    }

    public mutating func add(_ text: String?) {
        guard let text else {
            mix(0)
            return
        }
        add(text.utf8)
    }

    /// 16 hex digits.
    public var digits: String {
        let text = String(state, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }

    /// As SQLite stores it.
    public var value: Int64 { Int64(bitPattern: state) }
}

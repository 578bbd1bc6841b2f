/// Bits of bytes, the highest first. Reads up to eight bytes beyond those that its bits come from.
struct BitReader {
    /// The next bits are the upper ones.
    private(set) var bits: UInt64 = 0
    /// How many of them are good.
    private var count: UInt64 = 0
    /// Where the following bits are. What it holds of them already stays the same when they come.
    var next: UnsafePointer<UInt8>

    init(_ next: UnsafePointer<UInt8>) { self.next = next }

    /// Afterwards at least 56 bits are there.
    @inline(__always)
    mutating func refill() {
        bits |= Self.word(next) &>> count
        next += Int(truncatingIfNeeded: (63 &- count) &>> 3)
        count |= 56
    }

    /// - Precondition: so many are there.
    @inline(__always)
    mutating func drop(_ dropped: UInt64) {
        bits = bits &<< dropped
        count = count &- dropped
    }

    /// The byte after the last of which a bit was taken.
    @inline(__always)
    var position: UnsafePointer<UInt8> { next - Int(truncatingIfNeeded: count &>> 3) }

    /// Gives bits back that were just taken: at most 16.
    mutating func putBack(_ returned: Int) {
        let back = Int(count) + returned
        let first = next - (back + 7) / 8
        let taken = UInt64((8 - back % 8) % 8)
        bits = Self.word(first) << taken
        next = first + 7
        count = 56 - taken
    }

    @inline(__always)
    private static func word(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
    }
}

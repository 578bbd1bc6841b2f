/// A sound file with some bytes changed, as a fuzzer's input says: its first byte tells whether the checksums are made to
/// fit (bit 0); then come changes of five bytes: the place, of which the upper two bits say whether from the file's start,
/// from its end, or in units of a block, and the new value.
public struct ChangedBytes {
    public var bytes: [UInt8]
    /// Places of what was changed.
    public private(set) var changed: [Int] = []
    public let isSealed: Bool

    /// Nil for an input that says too little or too much.
    public init?(_ sound: [UInt8], _ data: UnsafePointer<UInt8>?, _ count: Int) {
        let input = UnsafeBufferPointer(start: data, count: count)
        guard count > 5, count < 5 * 64 else { return nil }
        bytes = sound
        isSealed = input[0] & 1 != 0
        for change in 0..<(count - 1) / 5 {
            let at = 1 + 5 * change
            let place = (0..<4).reduce(0) { $0 | Int(input[at + $1]) << (8 * $1) }
            let low = place & 0x3FFF_FFFF
            let offset =
                switch place >> 30 {
                case 0: low % bytes.count
                case 1: bytes.count - 1 - low % bytes.count
                case 2: low % (bytes.count / 4096) * 4096
                default: low % 16384
                }
            bytes[offset] = input[at + 4]
            changed.append(offset)
        }
    }
}

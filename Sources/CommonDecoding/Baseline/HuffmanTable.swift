/// A Huffman code of a JPEG as a table: the next bits of the data -> a coefficient and the zeros before it.
///
/// Nearly all codes are followed by a number of so few bits that one look-up gives both, and often the end of the
/// block too.
struct HuffmanTable {
    /// Bits that are looked up.
    static let lookUpBits = 11

    /// What a code says, in 32 bits: how many bits it takes, its number among them (0...5); how far to go in the block
    /// (8...15); the coefficient (16...31).
    struct Entry {
        let word: UInt32

        init(bits: Int, step: Int, value: Int) {
            word = UInt32(truncatingIfNeeded: value << 16 | step << 8 | bits)
        }
        init(word: UInt32) { self.word = word }

        /// 0: it is none, but the beginning of one.
        var bits: UInt64 { UInt64(word & 63) }
        /// Zeros before the coefficient, 0...15; in its higher bits what comes after it.
        var step: Int { Int(word >> 8 & 0xFF) }
        var zeros: Int { Int(word >> 8 & 15) }
        var value: Int32 { Int32(bitPattern: word) >> 16 }
    }

    /// Steps that lead out of a block of 64, each to places of its own. They leave the four bits of `zeros` alone.
    enum Step {
        /// The end of a block.
        static let end = 128
        /// A coefficient, then the end.
        static let lastThenEnd = 208
        /// There is no such code.
        static let invalid = 64
    }

    /// Whether a block that began at place 1 was left as it has to be: after its last place, or by an end within it.
    static func isValid(place: Int) -> Bool {
        place == 64 || (place > 1 + Step.end && place <= 64 + Step.end)
            || (place > 1 + Step.lastThenEnd && place < placeOfFalseEnd)
    }
    /// The last coefficient of all has no end after it: the bits that look like one belong to the next block.
    static let placeOfFalseEnd = 64 + Step.lastThenEnd

    private let entries: UnsafeMutablePointer<UInt32>
    /// By length: the largest code, -1 for none; what to add to a code for the index of its symbol.
    private let lastCodes: UnsafeMutablePointer<Int32>
    private let offsets: UnsafeMutablePointer<Int32>
    private let symbols: UnsafeMutablePointer<UInt8>
    private let isMeans: Bool
    /// Bits of the code that ends a block; 0: there is none.
    let endBits: Int

    /// - Parameters:
    ///   - counts: 17, of codes by length; the first means nothing.
    ///   - symbols: 256.
    ///   - isMeans: whether it is for the first coefficients of blocks.
    ///   - end: that of the code for the coefficients that follow.
    /// - Returns: nil for what is no code. Else `deallocate` has to be called.
    init?(
        counts: UnsafePointer<UInt8>, symbols source: UnsafePointer<UInt8>, isMeans: Bool,
        end: (code: Int, bits: Int)?
    ) {
        var total = 0
        var code = 0
        for length in 1...16 {
            total += Int(counts[length])
            code += Int(counts[length])
            // No code consists of ones alone.
            guard total <= 256, counts[length] == 0 || code < 1 << length else { return nil }
            code <<= 1
        }
        guard !isMeans || (0..<total).allSatisfy({ source[$0] <= 15 }) else { return nil }

        self.isMeans = isMeans
        endBits = end?.bits ?? 0
        entries = .allocate(capacity: 1 << Self.lookUpBits)
        entries.initialize(repeating: 0, count: 1 << Self.lookUpBits)
        (lastCodes, offsets) = (.allocate(capacity: 17), .allocate(capacity: 17))
        lastCodes.initialize(repeating: -1, count: 17)
        offsets.initialize(repeating: 0, count: 17)
        symbols = .allocate(capacity: 256)
        symbols.initialize(from: source, count: 256)

        (code, total) = (0, 0)
        for length in 1...16 {
            offsets[length] = Int32(total - code)
            for _ in 0..<counts[length] {
                if length <= Self.lookUpBits { enter(symbols[total], code, length, end) }
                code += 1
                total += 1
            }
            if counts[length] > 0 { lastCodes[length] = Int32(code - 1) }
            code <<= 1
        }
    }

    func deallocate() {
        entries.deallocate()
        lastCodes.deallocate()
        offsets.deallocate()
        symbols.deallocate()
    }

    /// The code that ends a block, of a code for which `init` gives a table.
    static func end(counts: UnsafePointer<UInt8>, symbols: UnsafePointer<UInt8>) -> (code: Int, bits: Int)? {
        var (code, index) = (0, 0)
        for length in 1...16 {
            for _ in 0..<counts[length] {
                guard index < 256 else { return nil }
                if symbols[index] == 0 { return (code, length) }
                code += 1
                index += 1
            }
            code <<= 1
        }
        return nil
    }

    /// The entry of the next bits, which are the upper ones of `bits`: at least 32.
    @inline(__always)
    func entry(_ bits: UInt64) -> Entry {
        let entry = Entry(word: entries[Int(truncatingIfNeeded: bits &>> UInt64(64 - Self.lookUpBits))])
        return _fastPath(entry.bits != 0) ? entry : longEntry(bits, entry)
    }

    /// The entries that begin with a code, `length` bits long.
    private func enter(_ symbol: UInt8, _ code: Int, _ length: Int, _ end: (code: Int, bits: Int)?) {
        func fill(_ prefix: Int, _ bits: Int, _ entry: Entry) {
            let free = Self.lookUpBits - bits
            (entries + prefix << free).update(repeating: entry.word, count: 1 << free)
        }
        let (zeros, size) = parts(symbol)
        /// What has `value`, with the end of the block where it fits.
        func fill(_ prefix: Int, _ bits: Int, value: Int) {
            fill(prefix, bits, Entry(bits: bits, step: zeros, value: value))
            guard let end, bits + end.bits <= Self.lookUpBits else { return }
            let step = isMeans ? Step.end : Step.lastThenEnd + zeros
            fill(prefix << end.bits | end.code, bits + end.bits, Entry(bits: bits + end.bits, step: step, value: value))
        }
        if size == 0 {
            if isMeans { fill(code, length, value: 0) } else { fill(code, length, Self.withoutNumber(zeros, length)) }
        } else if length + size <= Self.lookUpBits {
            for number in 0..<1 << size {
                fill(code << size | number, length + size, value: Self.value(number, size))
            }
        } else {
            // Its number has more bits: remembered is the code, no bits.
            fill(code, length, Entry(bits: 0, step: length, value: Int(symbol)))
        }
    }

    /// What doesn't fit into a look-up.
    @inline(never)
    private func longEntry(_ bits: UInt64, _ entry: Entry) -> Entry {
        var length = entry.step
        var symbol = UInt8(truncatingIfNeeded: entry.value)
        if length == 0 {
            length = Self.lookUpBits + 1
            while true {
                guard length <= 16 else { return Entry(bits: 1, step: Step.invalid, value: 0) }
                let code = Int32(truncatingIfNeeded: bits >> UInt64(64 - length))
                if code <= lastCodes[length] {
                    symbol = symbols[Int(code + offsets[length]) & 255]
                    break
                }
                length += 1
            }
        }
        let (zeros, size) = parts(symbol)
        guard size > 0 else {
            return isMeans ? Entry(bits: length, step: 0, value: 0) : Self.withoutNumber(zeros, length)
        }
        let number = Int((bits << UInt64(length)) >> UInt64(64 - size))
        return Entry(bits: length + size, step: zeros, value: Self.value(number, size))
    }

    private func parts(_ symbol: UInt8) -> (zeros: Int, size: Int) {
        isMeans ? (0, Int(symbol & 15)) : (Int(symbol >> 4), Int(symbol & 15))
    }

    /// Sixteen zeros, or the end of a block.
    private static func withoutNumber(_ zeros: Int, _ length: Int) -> Entry {
        Entry(bits: length, step: zeros == 15 ? 15 : Step.end, value: 0)
    }

    /// A number of `size` bits as a coefficient: with its first bit 0 it is negative. Without a branch, because signs
    /// can't be foreseen.
    @inline(__always)
    private static func value(_ number: Int, _ size: Int) -> Int {
        let one = 1 &<< size
        return number &+ ((number &- one &>> 1) &>> 63 & (1 &- one))
    }
}

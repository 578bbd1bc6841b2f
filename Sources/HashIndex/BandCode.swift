import MediaModel

extension Hash256 {
    /// The hash with its bits in another order, the same for all: what the bands of a multi-index are cut of.
    ///
    /// 16 consecutive bits of a PDQ hash are one row of its DCT, and these go together: their values crowd in few
    /// buckets. So column j of the 16 x 16 bits is turned by its own number of rows, and a band takes each of its bits
    /// from another row: columns 0...15 by 0, 7, 13, 4, 10, 1, 15, 6, 12, 3, 9, 14, 5, 11, 2 and 8 rows, no two
    /// neighbours by nearly as much. Distances stay what they are.
    var bandCode: Hash256 {
        var code = self
        // By 8, 4, 2 and 1 rows, those columns whose number of rows holds it.
        code = code.turned(by: 0xAD54_AD54_AD54_AD54, Hash256(word2, word3, word0, word1))
        code = code.turned(by: 0x19CE_19CE_19CE_19CE, Hash256(code.word1, code.word2, code.word3, code.word0))
        code = code.turned(by: 0x6AD2_6AD2_6AD2_6AD2, code.rowsTurned(bits: 32))
        return code.turned(by: 0x3666_3666_3666_3666, code.rowsTurned(bits: 16))
    }

    /// The hash that has this code: every column comes around in 16 rows.
    init(bandCode code: Hash256) { self = (1..<16).reduce(code) { code, _ in code.bandCode } }

    @inline(__always) private func turned(by columns: UInt64, _ other: Hash256) -> Hash256 {
        Hash256(
            word0 & ~columns | other.word0 & columns, word1 & ~columns | other.word1 & columns,
            word2 & ~columns | other.word2 & columns, word3 & ~columns | other.word3 & columns)
    }

    /// Row r becomes row r + bits / 16. - Precondition: 0 < bits < 64.
    @inline(__always) private func rowsTurned(bits: UInt64) -> Hash256 {
        func joined(_ low: UInt64, _ high: UInt64) -> UInt64 { low >> bits | high << (64 - bits) }
        return Hash256(joined(word0, word1), joined(word1, word2), joined(word2, word3), joined(word3, word0))
    }

    /// Bits 16 * band ... 16 * band + 15.
    @inline(__always) func band(_ band: Int) -> UInt16 {
        let word =
            switch band >> 2 {
            case 0: word0
            case 1: word1
            case 2: word2
            default: word3
            }
        return UInt16(truncatingIfNeeded: word >> UInt64(16 * (band & 3)))
    }
}

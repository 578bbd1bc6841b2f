extension Hash256 {
    /// The hash of the turned picture, as far as the bits tell: a turn swaps frequencies and changes signs, and a value
    /// that changes its sign changes sides of the median, if that is near zero. PDQ computes a median of its own for each
    /// turn; how far the result lies from PDQ's is measured in Benchmarks/README.md.
    public func turned(_ orientation: Dihedral) -> Hash256 {
        var words: [UInt64] = [0, 0, 0, 0]
        let own = [word0, word1, word2, word3]
        for i in 0..<16 {
            for j in 0..<16 {
                let at = 16 * i + j
                let bit = own[at / 64] >> UInt64(at % 64) & 1 == 1
                let (oddRow, oddColumn) = (i % 2 == 1, j % 2 == 1)
                // As `DCTBlock.turned` does with the values.
                let (isMirrored, isNegated) =
                    switch orientation {
                    case .orig: (false, false)
                    case .rot90: (true, !oddColumn)
                    case .rot180: (false, oddRow != oddColumn)
                    case .rot270: (true, !oddRow)
                    case .flipx: (false, !oddRow)
                    case .flipy: (false, !oddColumn)
                    case .flipp: (true, false)
                    case .flipm: (true, oddRow != oddColumn)
                    }
                guard bit != isNegated else { continue }
                let to = isMirrored ? 16 * j + i : at
                words[to / 64] |= 1 << UInt64(to % 64)
            }
        }
        return Hash256(words[0], words[1], words[2], words[3])
    }
}

public import MediaModel

extension DCTBlock {
    /// The block of the turned picture, by sign flips and transposition (SPEC 1.11).
    public func turned(_ orientation: Dihedral) -> DCTBlock {
        var turned = [Float](repeating: 0, count: 256)
        for i in 0..<16 {
            for j in 0..<16 {
                let value = values[16 * i + j]
                let (same, mirrored) = (16 * i + j, 16 * j + i)
                let (oddRow, oddColumn) = (i % 2 == 1, j % 2 == 1)
                switch orientation {
                case .orig: turned[same] = value
                case .rot90: turned[mirrored] = oddColumn ? value : -value
                case .rot180: turned[same] = oddRow != oddColumn ? -value : value
                case .rot270: turned[mirrored] = oddRow ? value : -value
                case .flipx: turned[same] = oddRow ? value : -value
                case .flipy: turned[same] = oddColumn ? value : -value
                case .flipp: turned[mirrored] = value
                case .flipm: turned[mirrored] = oddRow != oddColumn ? -value : value
                }
            }
        }
        return DCTBlock(values: turned)
    }

    /// The eight hashes, in the order of `Dihedral.allCases`, each with its own median.
    public var dihedralHashes: [Hash256] { Dihedral.allCases.map { turned($0).hash } }
}

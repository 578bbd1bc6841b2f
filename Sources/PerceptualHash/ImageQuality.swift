public import MediaModel

extension LumaGrid {
    /// PDQ's quality: the truncated steps between neighbours, summed (SPEC 1.7).
    public var quality: Quality {
        var sum = 0
        values.withUnsafeBufferPointer { grid in
            for row in 0..<64 {
                for column in 0..<64 {
                    let here = grid[row * 64 + column]
                    if row < 63 { sum += Self.step(here, grid[(row + 1) * 64 + column]) }
                    if column < 63 { sum += Self.step(here, grid[row * 64 + column + 1]) }
                }
            }
        }
        return Quality(rawValue: min(100, sum / 90))
    }

    private static func step(_ u: Float, _ v: Float) -> Int { abs(Int(((u - v) * 100) / 255)) }
}

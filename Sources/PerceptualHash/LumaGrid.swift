/// The 64 x 64 luma values, row-major, that quality and DCT are computed from.
public struct LumaGrid: Sendable {
    /// 4096 values.
    public let values: [Float]

    /// - Precondition: there are 4096 values.
    public init(values: [Float]) {
        precondition(values.count == 64 * 64)
        self.values = values
    }

    /// Where the grid's 64 rows (columns) lie in `count` rows (columns) of the picture (SPEC 1.6).
    package static func positions(in count: Int) -> [Int] { (0..<64).map { ((2 * $0 + 1) * count) / 128 } }
}

import CKernels
public import MediaModel

/// The 16 x 16 low frequencies, row = vertical, column = horizontal, row-major (SPEC 1.8).
public struct DCTBlock: Sendable {
    /// 256 values.
    public let values: [Float]

    /// - Precondition: there are 256 values.
    public init(values: [Float]) {
        precondition(values.count == 256)
        self.values = values
    }

    /// D * grid * D^T, every sum in increasing order of its index.
    public init(of grid: LumaGrid, kernels: Kernels = .active) {
        values = [Float](unsafeUninitializedCapacity: 256) { out, count in
            kernels.table.pointee.dct64(DCTMatrix.rows, DCTMatrix.columns, grid.values, out.baseAddress)
            count = 256
        }
    }

    /// The 128th smallest of the 256 values (SPEC 1.9: the lower median).
    public var median: Float { thresholded().median }

    /// Bit n is set where value n exceeds the median (SPEC 1.9).
    public var hash: Hash256 { thresholded().hash }

    package func thresholded(kernels: Kernels = .active) -> (median: Float, hash: Hash256) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let median = withUnsafeMutableBytes(of: &words) { words in
            kernels.table.pointee.median_bits(values, words.assumingMemoryBound(to: UInt64.self).baseAddress)
        }
        return (median, Hash256(words.0, words.1, words.2, words.3))
    }

    /// Values that lie so near the median that a fast hash may have their bits wrong. Photos have at most five, graphics
    /// with symmetries some dozens.
    var undecidedCount: Int {
        let median = median
        return values.count { abs($0 - median) < Self.fastError }
    }

    /// How far a value from fast samples may lie from the exact one, about.
    private static let fastError: Float = 0.1

    /// Whether the values are rounding noise, as in every picture that varies along one
    /// axis only: the largest among all known noise cases is below 0.01, the smallest
    /// among real pictures 0.29 (SPEC 1.12).
    public var isDegenerate: Bool { values.allSatisfy { abs($0) < Self.noiseFloor } }

    /// Nearer to the noise: a real picture must not be lost.
    static let noiseFloor: Float = 0.01
}

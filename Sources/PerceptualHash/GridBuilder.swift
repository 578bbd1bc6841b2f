/// Luma rows of a picture -> its 64 x 64 grid (SPEC 1.4-1.6).
///
/// Not thread-safe.
public final class GridBuilder {
    private enum Path {
        case blurred(JaroszFilter)
        /// The plain hash takes 64 x 64 pictures as they are (SPEC 1.5).
        case asIs
        /// A side under 5 pixels has no hash (SPEC 1.4).
        case tooSmall
    }
    private let path: Path
    private var unblurred: [Float] = []
    /// Pixels.
    static let leastSide = 5

    /// - Parameters:
    ///   - width: pixels, at least 1.
    ///   - height: pixels, at least 1.
    ///   - blursSmallGrid: blur a 64 x 64 picture too, as the reference's 8-transform
    ///     entry point does (and its plain one does not).
    public init(width: Int, height: Int, blursSmallGrid: Bool = false, kernels: Kernels = .active) {
        if min(width, height) < Self.leastSide {
            path = .tooSmall
        } else if (width, height) == (64, 64), !blursSmallGrid {
            path = .asIs
        } else {
            path = .blurred(JaroszFilter(width: width, height: height, kernels: kernels))
        }
    }

    /// Takes the next row: `fill` writes `width` luma values.
    public func addRow(_ fill: (UnsafeMutablePointer<Float>) -> Void) {
        switch path {
        case .blurred(let filter): filter.addRow(fill)
        case .asIs:
            unblurred += [Float](unsafeUninitializedCapacity: 64) { row, count in
                fill(row.baseAddress!)
                count = 64
            }
        case .tooSmall: break
        }
    }

    /// The grid; nil for a picture that is too small. - Precondition: all rows were taken.
    public func finish() -> LumaGrid? {
        switch path {
        case .blurred(let filter): filter.finish()
        case .asIs: LumaGrid(values: unblurred)
        case .tooSmall: nil
        }
    }
}

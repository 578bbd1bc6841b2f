import Glibc

/// PDQ's 16 x 64 DCT matrix and its transpose (SPEC 1.8).
///
/// Row i holds frequency i + 1: the constant term is left out.
public enum DCTMatrix {
    /// 16 x 64, row-major.
    public static let rows: [Float] = {
        let scale = Double(Float((2.0 / 64.0).squareRoot()))
        return (0..<16).flatMap { i in
            (0..<64).map { k in
                let angle = ((Double.pi / 2 / 64) * Double(i + 1)) * Double(2 * k + 1)
                return Float(scale * cos(angle))
            }
        }
    }()

    /// 64 x 16, row-major.
    package static let columns: [Float] = (0..<64).flatMap { k in (0..<16).map { i in rows[i * 64 + k] } }
}

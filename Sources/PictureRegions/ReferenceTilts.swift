import MediaModel

/// What copies of a reference show that were turned a little.
///
/// A PDQ hash stays within 31 bits for 96 photos of a hundred while a picture is turned by 0.7 degrees, for 82 at 0.9, for
/// 62 at 1.1 (Benchmarks/robustness, `tilts`). The steps are under twice the first.
enum ReferenceTilts {
    /// Degrees, in both directions.
    private static let angles = stride(from: 1.2, through: 7.2, by: 1.2)

    /// For each angle and direction, what lies within the turned picture: the largest upright box of the picture's own
    /// shape, and the largest of all; and the whole frame, whose corners show what is not there.
    ///
    /// - Parameters:
    ///   - width: of the picture, in any unit.
    ///   - height: the same.
    static func parts(width: Double, height: Double) -> [Quadrilateral] {
        angles.flatMap { angle in
            let sine = WindowHasher.sine(angle * Double.pi / 180)
            let cosine = (1 - sine * sine).squareRoot()
            let factor = 1 / (cosine + sine * max(width, height) / min(width, height))
            var boxes = [(width * factor, height * factor), (width, height)]
            let (across, down) = (width * cosine - height * sine, height * cosine - width * sine)
            // Very long pictures have another largest box.
            if 2 * sine * cosine * max(width, height) < min(width, height) {
                let spread = cosine * cosine - sine * sine
                boxes.append((across / spread, down / spread))
            }
            return boxes.flatMap { box in
                [sine, -sine].compactMap { sine in
                    Quadrilateral(
                        [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map { x, y in
                            let (u, v) = (x * box.0, y * box.1)
                            return (0.5 + (u * cosine - v * sine) / width, 0.5 + (u * sine + v * cosine) / height)
                        })
                }
            }
        }
    }
}

public import MediaModel
import PerceptualHash

/// PDQ hashes of any rectangles of one picture, from its summed-area table (Crow: "Summed-Area Tables for Texture
/// Mapping", SIGGRAPH 1984).
///
/// A window's 64 x 64 samples are the means of its cells, where PDQ takes tents of the same width; what that
/// takes away from high frequencies is given back to the DCT's values. The rest is a few bits.
///
/// Not thread-safe.
public final class WindowHasher {
    private let width: Int
    private let height: Int
    /// (height + 1) x (width + 1) sums of the pixels above and to the left.
    private let sums: UnsafeMutablePointer<UInt32>

    public init(_ picture: LumaPicture) {
        (width, height) = (picture.width, picture.height)
        let stride = width + 1
        sums = .allocate(capacity: stride * (height + 1))
        sums.initialize(repeating: 0, count: stride * (height + 1))
        picture.pixels.withUnsafeBufferPointer { pixels in
            for y in 0..<height {
                let (above, row) = (sums + y * stride + 1, sums + (y + 1) * stride + 1)
                let from = pixels.baseAddress! + y * width
                var sum: UInt32 = 0
                for x in 0..<width {
                    sum &+= UInt32(from[x])
                    row[x] = above[x] &+ sum
                }
            }
        }
    }

    deinit { sums.deallocate() }

    /// Sides of a window, in pixels of the plane, that have a hash.
    public static let leastSide = 32.0

    /// - Parameter isTurned: in all eight orientations, instead of as it is.
    /// - Returns: empty for a window that is too small or whose hash would be noise.
    public func hashes(
        of window: PictureWindow, _ kind: RegionHash.Kind, isTurned: Bool = false, gate: Quality
    ) -> [RegionHash] {
        guard let grid = grid(window) else { return [] }
        let quality = grid.quality
        guard quality >= gate else { return [] }
        let block = DCTBlock(of: grid)
        guard !block.isDegenerate else { return [] }
        let corrected = DCTBlock(values: zip(block.values, Self.correction).map { $0 * $1 })
        let turns: [Dihedral] = isTurned ? Dihedral.allCases : [.orig]
        return turns.map { turn in
            RegionHash(
                window: window, kind: kind, orientation: turn,
                hash: (turn == .orig ? corrected : corrected.turned(turn)).hash, quality: quality)
        }
    }

    private func grid(_ window: PictureWindow) -> LumaGrid? {
        let (left, top, right, bottom) = window.edges
        let (across, down) = ((right - left) * Double(width), (bottom - top) * Double(height))
        guard min(across, down) >= Self.leastSide else { return nil }
        // 65 edges in each direction, in 256ths of a pixel.
        func edges(_ from: Double, _ length: Double, _ limit: Int) -> [Int] {
            (0...64).map { min(limit * 256, max(0, Int(((from + length * Double($0) / 64) * 256).rounded()))) }
        }
        let columns = edges(left * Double(width), across, width)
        let rows = edges(top * Double(height), down, height)
        let stride = width + 1
        var (above, here) = ([Int64](repeating: 0, count: 65), [Int64](repeating: 0, count: 65))
        var values = [Float](repeating: 0, count: 64 * 64)
        // Where an edge lies in its column of sums, for all rows the same.
        let places = columns.map { min($0 >> 8, width - 1) }
        let shares = zip(columns, places).map { Int64($0 - $1 << 8) }
        for (i, row) in rows.enumerated() {
            let y = min(row >> 8, height - 1)
            let share = Int64(row - y << 8)
            let (upper, lower) = (sums + y * stride, sums + (y + 1) * stride)
            for j in 0...64 {
                let (x, across) = (places[j], shares[j])
                let first = Int64(upper[x]) * (256 - across) + Int64(upper[x + 1]) * across
                let second = Int64(lower[x]) * (256 - across) + Int64(lower[x + 1]) * across
                here[j] = first * (256 - share) + second * share
            }
            if i > 0 {
                for j in 1...64 {
                    // Both in 65536ths of a pixel.
                    let sum = here[j] - here[j - 1] - above[j] + above[j - 1]
                    let area = (row - rows[i - 1]) * (columns[j] - columns[j - 1])
                    values[(i - 1) * 64 + j - 1] = Float(sum) / Float(area)
                }
            }
            swap(&above, &here)
        }
        return LumaGrid(values: values)
    }

    /// What a tent of a cell's width (two boxes of half of it) keeps of each frequency, by what a box of a cell keeps.
    private static let correction: [Float] = {
        func kept(_ width: Double, _ frequency: Int) -> Double {
            // Frequency i + 1 of the DCT has (i + 1) / 128 periods a sample.
            let angle = Double.pi * width * Double(frequency + 1) / 128
            return sine(angle) / angle
        }
        let gains = (0..<16).map { kept(0.5, $0) * kept(0.5, $0) / kept(1, $0) }
        return (0..<256).map { Float(gains[$0 / 16] * gains[$0 % 16]) }
    }()

    /// Taylor's series: for angles under 1, to the last bit of a float.
    private static func sine(_ x: Double) -> Double {
        var (term, sum) = (x, x)
        for n in stride(from: 2.0, through: 16, by: 2) {
            term *= -x * x / (n * (n + 1))
            sum += term
        }
        return sum
    }
}

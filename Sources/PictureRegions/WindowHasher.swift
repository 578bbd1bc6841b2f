public import MediaModel
import PerceptualHash

/// PDQ hashes of any parts of one picture, from its summed-area table (Crow: "Summed-Area Tables for Texture
/// Mapping", SIGGRAPH 1984).
///
/// A window's 64 x 64 samples are the means of its cells, where PDQ takes tents of the same width; what that
/// takes away from high frequencies is given back to the DCT's values. The rest is a few bits.
///
/// Not thread-safe.
public final class WindowHasher {
    let width: Int
    let height: Int
    /// (height + 1) x (width + 1) sums of the pixels above and to the left.
    let sums: UnsafeMutablePointer<UInt32>

    /// - Precondition: it has at most 2^20 pixels.
    public init(_ picture: LumaPicture) {
        precondition(picture.width * picture.height <= 1 << 20)
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
        return hashes(of: grid, window, kind, nil, isTurned: isTurned, gate: gate)
    }

    /// - Parameter isTurned: in all eight orientations, instead of as it is.
    /// - Returns: empty for a part that is too small, outside of the picture, or whose hash would be noise.
    public func hashes(
        of part: Quadrilateral, _ kind: RegionHash.Kind, isTurned: Bool = false, gate: Quality
    ) -> [RegionHash] {
        guard let window = part.bounds, let grid = grid(part) else { return [] }
        return hashes(of: grid, window, kind, part, isTurned: isTurned, gate: gate)
    }

    private func hashes(
        of grid: LumaGrid, _ window: PictureWindow, _ kind: RegionHash.Kind, _ corners: Quadrilateral?, isTurned: Bool,
        gate: Quality
    ) -> [RegionHash] {
        let quality = grid.quality
        guard quality >= gate else { return [] }
        let block = DCTBlock(of: grid)
        guard !block.isDegenerate else { return [] }
        let corrected = DCTBlock(values: zip(block.values, Self.correction).map { $0 * $1 })
        let turns: [Dihedral] = isTurned ? Dihedral.allCases : [.orig]
        return turns.map { turn in
            RegionHash(
                window: window, kind: kind, orientation: turn,
                hash: (turn == .orig ? corrected : corrected.turned(turn)).hash, quality: quality, corners: corners)
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
        // Where an edge lies in its column of sums, for all rows the same.
        let places = columns.map { min($0 >> 8, width - 1) }
        let shares = zip(columns, places).map { UInt32($0 - $1 << 8) }
        let widths = (1...64).map { Int32(columns[$0] - columns[$0 - 1]) }
        var sums = [UInt32](repeating: 0, count: 2 * 65)
        let values = [Float](unsafeUninitializedCapacity: 64 * 64) { values, count in
            sums.withUnsafeMutableBufferPointer { sums in
                var (above, here) = (sums.baseAddress!, sums.baseAddress! + 65)
                for (i, row) in rows.enumerated() {
                    interpolate(row, places, shares, to: here)
                    if i > 0 {
                        let out = values.baseAddress! + (i - 1) * 64
                        let height = Int32(row - rows[i - 1])
                        for j in 0..<64 {
                            // Both in 65536ths of a pixel.
                            let sum = (here[j + 1] &- here[j]) &- (above[j + 1] &- above[j])
                            out[j] = Float(sum) / Float(height &* widths[j])
                        }
                    }
                    swap(&above, &here)
                }
            }
            count = 64 * 64
        }
        return LumaGrid(values: values)
    }

    /// Sums of what lies above a row and to the left of each column, in 65536ths of a pixel, all modulo 2^32: that of a
    /// cell, which is what counts, is less, because a plane has at most 960 x 960 pixels.
    @inline(__always)
    private func interpolate(_ row: Int, _ places: [Int], _ shares: [UInt32], to out: UnsafeMutablePointer<UInt32>) {
        let y = min(row >> 8, height - 1)
        let share = UInt32(row - y << 8)
        let (upper, lower) = (sums + y * (width + 1), sums + (y + 1) * (width + 1))
        places.withUnsafeBufferPointer { places in
            shares.withUnsafeBufferPointer { shares in
                for j in 0...64 {
                    let (x, across) = (places[j], shares[j])
                    let first = upper[x] &* (256 &- across) &+ upper[x + 1] &* across
                    let second = lower[x] &* (256 &- across) &+ lower[x + 1] &* across
                    out[j] = first &* (256 &- share) &+ second &* share
                }
            }
        }
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
    static func sine(_ x: Double) -> Double {
        var (term, sum) = (x, x)
        for n in stride(from: 2.0, through: 16, by: 2) {
            term *= -x * x / (n * (n + 1))
            sum += term
        }
        return sum
    }
}

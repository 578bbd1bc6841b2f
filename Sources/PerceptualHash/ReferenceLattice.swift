import MediaModel

/// The hashes that a reference answers to: every orientation, each in four alignments.
///
/// Where PDQ's 64 x 64 samples lie depends on a picture's size: blur windows of even length
/// and the rounding of positions move them by 0 to 0.43 of a sample's distance (SPEC 1.5, 1.6), and
/// mirroring turns the sign. A copy of another size, or a mirrored one, is therefore sampled beside the original,
/// which costs up to 40 bits on finely structured pictures. Sampling the reference at two
/// offsets in each axis and in each direction puts every copy next to one of them; it is paid once,
/// at registration, and the eight hashes by sign flips (SPEC 1.11) are not needed.
///
/// The samples are PDQ's in all but rounding: two box filters of half a sample's distance are one tent filter.
final class ReferenceLattice {
    /// Offsets that items have, in sample distances: the middles of the lower and the upper half of what occurs.
    private static let offsets: [Double] = [0.06, 0.3]
    /// In the picture's own direction and against it.
    private static let signedOffsets = offsets + offsets.map { -$0 }
    /// Samples along a side: 64 at every offset.
    private static let side = 64 * signedOffsets.count

    private let columns: [TentWeights]
    private let rows: [TentWeights]
    /// side x side, row-major.
    private var samples: [Float]
    private var reducedRow: [Float]
    /// Outputs are in order of their position only within an offset, so the first one still open is kept for each.
    private var firstOpen: [Int]
    private var y = 0

    init(width: Int, height: Int) {
        columns = Self.signedOffsets.flatMap { TentWeights.grid(length: width, offset: $0) }
        rows = Self.signedOffsets.flatMap { TentWeights.grid(length: height, offset: $0) }
        samples = [Float](repeating: 0, count: Self.side * Self.side)
        reducedRow = [Float](repeating: 0, count: Self.side)
        firstOpen = Self.signedOffsets.indices.map { $0 * 64 }
    }

    /// Takes the next row.
    func addRow(_ luma: UnsafePointer<Float>) {
        for (i, weights) in columns.enumerated() { reducedRow[i] = weights.apply(to: luma) }
        for offset in firstOpen.indices {
            let end = (offset + 1) * 64
            while firstOpen[offset] < end, rows[firstOpen[offset]].end <= y { firstOpen[offset] += 1 }
            var row = firstOpen[offset]
            while row < end, rows[row].start <= y {
                let weight = rows[row].weight(at: y)
                for i in 0..<Self.side { samples[row * Self.side + i] += weight * reducedRow[i] }
                row += 1
            }
        }
        y += 1
    }

    /// 32 hashes, by orientation, then by alignment.
    func hashes(kernels: Kernels) -> [OrientedHash] {
        let levels = Self.offsets.indices
        return Dihedral.allCases.flatMap { orientation in
            levels.flatMap { down in
                levels.map { across in
                    let grid = self.grid(orientation, across: across, down: down)
                    return OrientedHash(orientation: orientation, hash: DCTBlock(of: grid, kernels: kernels).hash)
                }
            }
        }
    }

    /// The grid of the turned picture, its samples offset by the given levels along its own rows and columns.
    private func grid(_ orientation: Dihedral, across: Int, down: Int) -> LumaGrid {
        let turn = Turn(orientation)
        // Levels of the original's axes, and where in the lattice the samples of an axis start.
        let (xLevel, yLevel) = turn.isTransposed ? (down, across) : (across, down)
        let xStart = 64 * (xLevel + (turn.reversesX ? Self.offsets.count : 0))
        let yStart = 64 * (yLevel + (turn.reversesY ? Self.offsets.count : 0))
        var values: [Float] = []
        values.reserveCapacity(64 * 64)
        for row in 0..<64 {
            for column in 0..<64 {
                let (x, y) = turn.isTransposed ? (row, column) : (column, row)
                let (fromX, fromY) = (turn.reversesX ? 63 - x : x, turn.reversesY ? 63 - y : y)
                values.append(samples[(yStart + fromY) * Self.side + xStart + fromX])
            }
        }
        return LumaGrid(values: values)
    }
}

/// Where a turned picture's pixels come from.
private struct Turn {
    /// The turned picture's rows are the original's columns.
    let isTransposed: Bool
    let reversesX: Bool
    let reversesY: Bool

    init(_ orientation: Dihedral) {
        (isTransposed, reversesX, reversesY) =
            switch orientation {
            case .orig: (false, false, false)
            case .rot90: (true, true, false)
            case .rot180: (false, true, true)
            case .rot270: (true, false, true)
            case .flipx: (false, false, true)
            case .flipy: (false, true, false)
            case .flipp: (true, false, false)
            case .flipm: (true, true, true)
            }
    }
}

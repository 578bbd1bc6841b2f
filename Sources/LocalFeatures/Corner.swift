import CKernels

/// A corner of one level of a pyramid.
struct Corner {
    let level: Int
    let x: Int
    let y: Int
    /// How much of a corner it is, comparable within a level.
    let response: Float
}

/// The corners of a level, strongest of their neighbours.
func corners(of level: Pyramid.Level, number: Int, kernels: Kernels) -> [Corner] {
    let (width, border) = (level.width, cornerBorder)
    guard level.width > 2 * border, level.height > 2 * border else { return [] }
    var scores = [UInt16](repeating: 0, count: width * level.height)
    return scores.withUnsafeMutableBufferPointer { scores in
        var rows: [Int] = []
        for y in border..<level.height - border {
            let at = y * width + border
            let found = kernels.table.pointee.corners(
                level.pixels + at, width, width - 2 * border, cornerThreshold, scores.baseAddress! + at)
            if found != 0 { rows.append(y) }
        }
        var candidates: [(at: Int, score: UInt16)] = []
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: width) { columns in
            for y in rows {
                let at = y * width + border
                let count = kernels.table.pointee.peaks(
                    scores.baseAddress! + at, width, width - 2 * border, columns.baseAddress)
                for column in columns[..<count] {
                    candidates.append((at + Int(column), scores[at + Int(column)]))
                }
            }
        }
        return strongest(candidates).map { candidate in
            Corner(
                level: number, x: candidate.at % width, y: candidate.at / width,
                response: harrisResponse(level.pixels + candidate.at, stride: width, kernels: kernels))
        }
    }
}

/// As many as are looked at closer; of equal ones the first.
private func strongest(_ candidates: [(at: Int, score: UInt16)]) -> [(at: Int, score: UInt16)] {
    guard candidates.count > candidateLimit else { return candidates }
    var counts = [Int](repeating: 0, count: 16 * 255 + 1)
    for candidate in candidates { counts[Int(candidate.score)] += 1 }
    var (least, stronger) = (counts.count - 1, 0)
    while stronger + counts[least] < candidateLimit {
        stronger += counts[least]
        least -= 1
    }
    var equal = candidateLimit - stronger
    return candidates.filter { candidate in
        guard candidate.score == least else { return candidate.score > least }
        equal -= 1
        return equal >= 0
    }
}

/// Pixels along the edges of a level in which no patch fits.
let cornerBorder = 20
/// Steps of brightness.
private let cornerThreshold: Int32 = 12
/// Corners of a level that are looked at closer.
private let candidateLimit = 3000

/// Harris and Stephens's measure of a corner (1988) in 7 x 7 pixels.
private func harrisResponse(_ centre: UnsafePointer<UInt8>, stride: Int, kernels: Kernels) -> Float {
    var sums: (Int32, Int32, Int32) = (0, 0, 0)
    withUnsafeMutableBytes(of: &sums) {
        kernels.table.pointee.gradients(centre, stride, $0.bindMemory(to: Int32.self).baseAddress!)
    }
    let (xx, yy, xy) = (Int(sums.0), Int(sums.1), Int(sums.2))
    // In whole numbers, so that every CPU has the same order: 0.04 is 1/25.
    let trace = xx + yy
    return Float(25 * (xx * yy - xy * xy) - trace * trace)
}

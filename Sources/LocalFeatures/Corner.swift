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
            if found > 0 { rows.append(y) }
        }
        var candidates: [(at: Int, score: UInt16)] = []
        for y in rows {
            for x in border..<width - border {
                let at = y * width + x
                let score = scores[at]
                guard score > 0 else { continue }
                // Of equal neighbours the first one.
                let isPeak =
                    score > scores[at - width - 1] && score > scores[at - width] && score > scores[at - width + 1]
                    && score > scores[at - 1] && score >= scores[at + 1] && score >= scores[at + width - 1]
                    && score >= scores[at + width] && score >= scores[at + width + 1]
                if isPeak { candidates.append((at, score)) }
            }
        }
        if candidates.count > candidateLimit {
            candidates.sort { ($1.score, $0.at) < ($0.score, $1.at) }
            candidates.removeLast(candidates.count - candidateLimit)
        }
        return candidates.map { candidate in
            Corner(
                level: number, x: candidate.at % width, y: candidate.at / width,
                response: harrisResponse(level.pixels + candidate.at, stride: width, kernels: kernels))
        }
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

import CKernels
import Glibc
import MediaModel

/// Directions that are told apart.
let directions = 128

/// Unit vectors of the directions, in 16384ths.
private let unitVectors: [(x: Int, y: Int)] = (0..<directions).map { direction in
    let angle = 2 * Double.pi * Double(direction) / Double(directions)
    return (Int((cos(angle) * 16384).rounded()), Int((sin(angle) * 16384).rounded()))
}

/// For each direction, the middles of the 256 first boxes, then those of the second ones: x of all, y of all.
private let turnedBoxes: [Int8] = {
    var turned: [Int8] = []
    turned.reserveCapacity(directions * 1024)
    func rounded(_ value: Int) -> Int8 { Int8((value + (value < 0 ? -16384 : 16384)) / 32768) }
    for (cosine, sine) in unitVectors {
        var (xs, ys): ([Int8], [Int8]) = ([], [])
        for place in [0, 2] {
            for at in stride(from: place, to: comparedBoxes.count, by: 6) {
                // The middle of a patch lies between its pixels 15 and 16.
                let (x, y) = (2 * Int(comparedBoxes[at]) + 1, 2 * Int(comparedBoxes[at + 1]) + 1)
                xs.append(rounded(x * cosine - y * sine))
                ys.append(rounded(x * sine + y * cosine))
            }
        }
        turned += xs + ys
    }
    return turned
}()

private let radii: [Int8] = stride(from: 4, to: comparedBoxes.count, by: 6).map { comparedBoxes[$0] }
private let thresholds: [Int8] = stride(from: 5, to: comparedBoxes.count, by: 6).map { comparedBoxes[$0] }

/// Of a patch of radius 15, what lies in the circle: 31 rows of 32 bytes.
private let circle: [UInt8] = (-15...15).flatMap { y -> [UInt8] in
    let half = Int((Double(15 * 15 - y * y) + 0.5).squareRoot())
    return (-15...16).map { abs($0) <= half ? 255 : 0 }
}

/// The direction in which a patch is brighter: of its intensity's centroid (Rublee et al.: "ORB", ICCV 2011).
func direction(of corner: Corner, in level: Pyramid.Level, kernels: Kernels) -> Int {
    var moments: (Int32, Int32) = (0, 0)
    withUnsafeMutableBytes(of: &moments) {
        kernels.table.pointee.centroid(
            level.pixels + corner.y * level.width + corner.x, level.width, circle,
            $0.bindMemory(to: Int32.self).baseAddress!)
    }
    let (mx, my) = (Int(moments.0), Int(moments.1))
    var (best, most) = (0, Int.min)
    for (index, unit) in unitVectors.enumerated() {
        let along = unit.x &* mx &+ unit.y &* my
        if along > most { (best, most) = (index, along) }
    }
    return best
}

/// 256 comparisons of boxes around the corner, turned to its direction.
func descriptor(of corner: Corner, direction: Int, in level: Pyramid.Level, kernels: Kernels) -> Hash256 {
    let rowLength = level.width + 1
    return turnedBoxes.withUnsafeBufferPointer { boxes in
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { raw in
            kernels.table.pointee.describe(
                level.sums + corner.y * rowLength + corner.x, Int32(rowLength), boxes.baseAddress! + direction * 1024,
                radii, thresholds, raw.bindMemory(to: UInt64.self).baseAddress!)
        }
        return Hash256(words.0, words.1, words.2, words.3)
    }
}

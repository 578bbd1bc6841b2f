import Glibc
import MediaModel

/// Directions that are told apart.
let directions = 128

/// Unit vectors of the directions, in 16384ths.
private let unitVectors: [(x: Int, y: Int)] = (0..<directions).map { direction in
    let angle = 2 * Double.pi * Double(direction) / Double(directions)
    return (Int((cos(angle) * 16384).rounded()), Int((sin(angle) * 16384).rounded()))
}

/// For each direction, the middles of both boxes and their radius for each bit: 5 numbers.
private let turnedBoxes: [Int8] = {
    var turned: [Int8] = []
    turned.reserveCapacity(directions * comparedBoxes.count)
    func rounded(_ value: Int) -> Int8 { Int8((value + (value < 0 ? -16384 : 16384)) / 32768) }
    for (cosine, sine) in unitVectors {
        for at in stride(from: 0, to: comparedBoxes.count, by: 5) {
            for place in [at, at + 2] {
                // The middle of a patch lies between its pixels 15 and 16.
                let x = 2 * Int(comparedBoxes[place]) + 1
                let y = 2 * Int(comparedBoxes[place + 1]) + 1
                turned.append(rounded(x * cosine - y * sine))
                turned.append(rounded(x * sine + y * cosine))
            }
            turned.append(comparedBoxes[at + 4])
        }
    }
    return turned
}()

/// Half the width of the circle in each row of a patch of radius 15.
private let circle: [Int] = (-15...15).map { y in Int((Double(15 * 15 - y * y) + 0.5).squareRoot()) }

/// The direction in which a patch is brighter: of its intensity's centroid (Rublee et al.: "ORB", ICCV 2011).
func direction(of corner: Corner, in level: Pyramid.Level) -> Int {
    var (mx, my) = (0, 0)
    for dy in -15...15 {
        let row = level.pixels + (corner.y + dy) * level.width + corner.x
        var sum = 0
        for dx in -circle[dy + 15]...circle[dy + 15] {
            let value = Int(row[dx])
            sum &+= value
            mx &+= dx &* value
        }
        my &+= dy &* sum
    }
    var (best, most) = (0, Int.min)
    for (index, unit) in unitVectors.enumerated() {
        let along = unit.x &* mx &+ unit.y &* my
        if along > most { (best, most) = (index, along) }
    }
    return best
}

/// 256 comparisons of boxes around the corner, turned to its direction.
func descriptor(of corner: Corner, direction: Int, in level: Pyramid.Level) -> Hash256 {
    let rowLength = level.width + 1
    let origin = level.sums + corner.y * rowLength + corner.x
    return turnedBoxes.withUnsafeBufferPointer { boxes in
        func sum(_ x: Int, _ y: Int, _ radius: Int) -> UInt32 {
            let above: Int = (y &- radius) &* rowLength &+ x
            let below: Int = (y &+ radius &+ 1) &* rowLength &+ x
            let (top, bottom) = (origin + above, origin + below)
            return bottom[radius + 1] &- bottom[-radius] &- top[radius + 1] &+ top[-radius]
        }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { raw in
            let words = raw.bindMemory(to: UInt64.self)
            var at = direction * comparedBoxes.count
            for bit in 0..<256 {
                let radius = Int(boxes[at + 4])
                let first = sum(Int(boxes[at]), Int(boxes[at + 1]), radius)
                let second = sum(Int(boxes[at + 2]), Int(boxes[at + 3]), radius)
                if first > second { words[bit >> 6] |= 1 << UInt64(bit & 63) }
                at &+= 5
            }
        }
        return Hash256(words.0, words.1, words.2, words.3)
    }
}

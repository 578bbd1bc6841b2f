import Glibc
import MediaModel

/// What a descriptor compares: the mean brightness of two boxes, 256 times.
private struct BoxPair {
    let first: (x: Double, y: Double, radius: Int)
    let second: (x: Double, y: Double, radius: Int)

    /// Fixed for ever: stored descriptors depend on it.
    static let all: [BoxPair] = {
        // A linear congruential generator (Knuth's MMIX).
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        func box() -> (x: Double, y: Double, radius: Int) {
            // The sum of a few is near enough to a normal distribution.
            func coordinate() -> Double {
                let sum = uniform() + uniform() + uniform() - 1.5
                return sum * 2 * 8.5
            }
            while true {
                let (x, y) = (coordinate(), coordinate())
                let distance = (x * x + y * y).squareRoot()
                // Outwards boxes are larger: there a small turn moves them further.
                if distance <= Double(Level.patchRadius) { return (x, y, distance < 5 ? 1 : distance < 11 ? 2 : 3) }
            }
        }
        return (0..<256).map { _ in
            while true {
                let pair = BoxPair(first: box(), second: box())
                let (dx, dy) = (pair.first.x - pair.second.x, pair.first.y - pair.second.y)
                // Brightness lies to the right of every corner, once turned: across that direction bits are fair.
                if dx * dx + dy * dy >= 16, 2 * abs(dx) <= abs(dy) { return pair }
            }
        }
    }()
}

/// The pairs turned in each of 64 directions: x, y, radius of each box.
private let turnedBoxes: [[Int8]] = (0..<64).map { direction in
    let angle = 2 * Double.pi * Double(direction) / 64
    let (c, s) = (cos(angle), sin(angle))
    var values: [Int8] = []
    for pair in BoxPair.all {
        for box in [pair.first, pair.second] {
            let x: Double = c * box.x - s * box.y
            let y: Double = s * box.x + c * box.y
            values += [Int8(x.rounded()), Int8(y.rounded()), Int8(box.radius)]
        }
    }
    return values
}

/// Half the width of each row of a disc.
private let discRows: [Int] = (0...15).map { (y: Int) -> Int in Int(Double(15 * 15 - y * y).squareRoot()) }

extension Level {
    /// Where the brightness around a corner lies, in 64ths of a turn from right to down.
    func direction(x: Int, y: Int) -> Int {
        var (across, down) = (0, 0)
        pixels.withUnsafeBufferPointer { pixels in
            for v in -15...15 {
                let row = pixels.baseAddress! + (y + v) * width + x
                let half = discRows[abs(v)]
                var sum = 0
                for u in -half...half {
                    let value = Int(row[u])
                    across += u * value
                    sum += value
                }
                down += v * sum
            }
        }
        let turns = atan2(Double(down), Double(across)) / (2 * Double.pi)
        return (Int((turns * 64).rounded()) + 64) % 64
    }

    func descriptor(x: Int, y: Int, direction: Int) -> Hash256 {
        var words: [UInt64] = [0, 0, 0, 0]
        let stride = width + 1
        turnedBoxes[direction].withUnsafeBufferPointer { boxes in
            sums.withUnsafeBufferPointer { sums in
                /// The mean of a box, times its largest area.
                func mean(_ at: Int) -> UInt32 {
                    let (u, v, radius) = (x + Int(boxes[at]), y + Int(boxes[at + 1]), Int(boxes[at + 2]))
                    let (top, bottom) = ((v - radius) * stride, (v + radius + 1) * stride)
                    let (left, right) = (u - radius, u + radius + 1)
                    let sum = sums[bottom + right] &- sums[bottom + left] &- sums[top + right] &+ sums[top + left]
                    // 9, 25 or 49 pixels -> 11025 = 9 x 25 x 49.
                    return sum &* (radius == 1 ? 1225 : radius == 2 ? 441 : 225)
                }
                for bit in 0..<256 where mean(6 * bit) < mean(6 * bit + 3) {
                    words[bit / 64] |= 1 << UInt64(bit % 64)
                }
            }
        }
        return Hash256(words[0], words[1], words[2], words[3])
    }
}

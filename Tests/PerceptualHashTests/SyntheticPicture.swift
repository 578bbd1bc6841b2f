import MediaModel
import PerceptualHash

/// A picture that a formula draws; formulas as stated in the golden file.
struct SyntheticPicture: Sendable {
    let pattern: String
    let params: [String: Int]
    let width: Int
    let height: Int

    enum Samples {
        case pixels([UInt8], PixelLayout)
        case luma([Float])
    }

    func draw() -> Samples {
        switch pattern {
        case "rgblcg": .pixels(lcg(3 * width * height), .rgb)
        case "rgbblock": .pixels(blocks(channels: 3), .rgb)
        case "rgbramp":
            .pixels(
                each { x, y in
                    [
                        UInt8(255 * x / max(1, width - 1)), UInt8(255 * y / max(1, height - 1)),
                        UInt8((5 * x + 3 * y) & 255),
                    ]
                }.flatMap { $0 }, .rgb)
        case "fdiv7": .luma(each { x, y in Float((31 * x + 17 * y) % 1786) / Float(7) })
        case "fquarter": .luma(each { x, y in Float((7 * x + 13 * y) % 1021) * 0.25 })
        case "lcg": .pixels(lcg(width * height), .gray)
        case "lcgblock": .pixels(blocks(channels: 1), .gray)
        default: .pixels(each(gray), .gray)
        }
    }

    private func gray(_ x: Int, _ y: Int) -> UInt8 {
        let value: Int
        switch pattern {
        case "const": value = params["v"]!
        case "hgrad": value = 255 * x / max(1, width - 1)
        case "vgrad": value = 255 * y / max(1, height - 1)
        case "dgrad": value = 255 * (x + y) / max(1, width + height - 2)
        case "checker": value = ((x / params["n"]! + y / params["n"]!) & 1) * 255
        case "xor": value = (x ^ y) & 255
        case "mul": value = (x * y) & 255
        case "quad": value = ((x * x + 3 * y * y + x * y) >> 4) & 255
        case "impulse": value = x == width / 2 && y == height / 2 ? 255 : 0
        case "disk":
            let (dx, dy) = (2 * x - width + 1, 2 * y - height + 1)
            let side = min(width, height)
            value = dx * dx + dy * dy <= side * side / 2 ? 230 : 20
        default: fatalError("no formula for \(pattern)")
        }
        return UInt8(value)
    }

    private func each<T>(_ body: (Int, Int) -> T) -> [T] {
        var out: [T] = []
        out.reserveCapacity(width * height)
        for y in 0..<height { for x in 0..<width { out.append(body(x, y)) } }
        return out
    }

    private func lcg(_ count: Int) -> [UInt8] {
        var state = UInt32(params["seed"]!)
        return (0..<count).map { _ in
            state = 1_664_525 &* state &+ 1_013_904_223
            return UInt8(state >> 24)
        }
    }

    private func blocks(channels: Int) -> [UInt8] {
        let side = params["n"]!
        let (columns, rows) = ((width + side - 1) / side, (height + side - 1) / side)
        let grid = lcg(columns * rows * channels)
        return each { x, y in
            let at = (y / side * columns + x / side) * channels
            return grid[at..<at + channels]
        }.flatMap { $0 }
    }
}

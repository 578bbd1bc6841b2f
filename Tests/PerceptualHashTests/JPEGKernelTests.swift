import CKernels
import PerceptualHash
import TestSupport
import Testing

private let levels: [ck_level] = [.CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON].filter { ck_has_level($0) != 0 }

/// What is done to a JPEG's coefficients and samples: every level makes of them what the portable one makes.
@Suite struct JPEGKernels {
    @Test(arguments: levels, [8, 4, 2])
    func transformBlocksAlike(level: ck_level, side: Int) throws {
        var random = SeededGenerator(seed: UInt64(side))
        for count in [1, 2, 3, 8, 33] {
            for _ in 0..<200 {
                var blocks: [Int16] = []
                for _ in 0..<count { blocks += block(&random) }
                let isFlat = (0..<count).map { i -> UInt8 in
                    blocks[64 * i + 1..<64 * i + 64].allSatisfy { $0 == 0 } ? 1 : 0
                }
                // The one behind the last is not to be looked at.
                blocks += [Int16](repeating: 20_000, count: 64)
                func run(_ level: ck_level) throws -> [UInt8] {
                    let table = try #require(Kernels(level: level)).table
                    let stride = side * (count + 1)
                    var out = [UInt8](repeating: 0, count: side * stride)
                    let kernel =
                        side == 8 ? table.pointee.idct8 : side == 4 ? table.pointee.idct4 : table.pointee.idct2
                    kernel!(blocks, isFlat + [0], count, &out, stride)
                    return (0..<side).flatMap { out[$0 * stride..<$0 * stride + side * count] }
                }
                #expect(try run(level) == run(.CK_PORTABLE), "\(count) blocks")
            }
        }
    }

    @Test(arguments: levels)
    func interpolateChromaAlike(level: ck_level) throws {
        var random = SeededGenerator(seed: 1)
        for count in [2, 3, 7, 16, 33, 100, 2000] {
            let (near, far) = (bytes(count, &random), bytes(count, &random))
            func run(_ level: ck_level) throws -> [[UInt8]] {
                let table = try #require(Kernels(level: level)).table
                var down = [[UInt8]](repeating: [UInt8](repeating: 0, count: count), count: 2)
                var wide = [[UInt8]](repeating: [UInt8](repeating: 0, count: 2 * count), count: 2)
                var sums = [UInt16](repeating: 0, count: count)
                for rounding in 1...2 {
                    table.pointee.chroma_down(near, far, count, UInt32(rounding), &down[rounding - 1])
                }
                table.pointee.chroma_across(near, count, &wide[0])
                table.pointee.chroma_both(near, far, count, &sums, &wide[1])
                return down + wide
            }
            #expect(try run(level) == run(.CK_PORTABLE), "\(count) samples")
        }
    }

    /// All pairs of chroma, with every luma in turn.
    @Test(arguments: levels)
    func convertColoursAlike(level: ck_level) throws {
        for shift in stride(from: 0, to: 256, by: 17) {
            let blue = (0..<65536 + 5).map { UInt8($0 & 255) }
            let red = (0..<65536 + 5).map { UInt8($0 >> 8 & 255) }
            let luma = (0..<65536 + 5).map { UInt8(($0 * 7 + shift) & 255) }
            func run(_ level: ck_level) throws -> [UInt32] {
                let table = try #require(Kernels(level: level)).table
                var pixels = [UInt32](repeating: 0, count: luma.count)
                table.pointee.ycc_rgbx(luma, blue, red, luma.count, &pixels)
                return pixels
            }
            #expect(try run(level) == run(.CK_PORTABLE), "\(shift)")
        }
    }

    private func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// Coefficients as strong as they may be.
    private func block(_ random: inout SeededGenerator) -> [Int16] {
        var block = [Int16](repeating: 0, count: 64)
        var energy = 0
        let count = [0, 1, 3, 10, 64].randomElement(using: &random)!
        for _ in 0..<count {
            let place = Int.random(in: 0..<64, using: &random)
            let largest = [40, 700, 2047].randomElement(using: &random)!
            let value = Int.random(in: -largest...largest, using: &random)
            let with = energy + value * value - Int(block[place]) * Int(block[place])
            guard with <= Int(CK_BLOCK_ENERGY) else { continue }
            (block[place], energy) = (Int16(value), with)
        }
        return block
    }
}

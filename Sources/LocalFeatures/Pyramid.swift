import CKernels

/// A plane and smaller and smaller ones, each with its summed-area table.
final class Pyramid {
    /// One size of the picture.
    struct Level {
        let width: Int
        let height: Int
        /// Pixels of the picture for one of this level.
        let scale: Float
        /// Rows `width` bytes apart, with room around them.
        let pixels: UnsafeMutablePointer<UInt8>
        /// (width + 1) x (height + 1), row-major: [y][x] is the sum of all pixels above and left of (x, y).
        let sums: UnsafeMutablePointer<UInt32>
    }

    private(set) var levels: [Level] = []
    private var blocks: [UnsafeMutableRawPointer] = []

    /// From one level to the next.
    private static let factor: Float = 1.2
    static let levelCount = 8
    /// Pixels of a side under which nothing is described any more.
    private static let leastSide = 48
    /// Readable before and behind the pixels.
    private static let padding = 256

    init(luma: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int, kernels: Kernels) {
        var (levelWidth, levelHeight, scale) = (width, height, Float(1))
        while levels.count < Self.levelCount, min(levelWidth, levelHeight) >= Self.leastSide {
            let pixels = allocate(UInt8.self, levelWidth * levelHeight + 2 * Self.padding) + Self.padding
            if let above = levels.last {
                shrink(above, into: pixels, width: levelWidth, height: levelHeight, kernels)
            } else {
                for y in 0..<height { (pixels + y * width).update(from: luma + y * stride, count: width) }
            }
            let sums = allocate(UInt32.self, (levelWidth + 1) * (levelHeight + 1))
            for y in 0..<levelHeight {
                let row = sums + (y + 1) * (levelWidth + 1)
                kernels.table.pointee.sum_row(pixels + y * levelWidth, levelWidth, row - (levelWidth + 1), row)
            }
            levels.append(
                Level(width: levelWidth, height: levelHeight, scale: scale, pixels: pixels, sums: sums))
            scale *= Self.factor
            levelWidth = Int((Float(width) / scale).rounded())
            levelHeight = Int((Float(height) / scale).rounded())
        }
    }

    deinit { for block in blocks { block.deallocate() } }

    private func allocate<T: BitwiseCopyable>(_: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
        let block = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<T>.stride, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<T>.stride)
        blocks.append(block)
        return block.assumingMemoryBound(to: T.self)
    }

    /// Between four pixels each, in 256ths.
    private func shrink(
        _ above: Level, into out: UnsafeMutablePointer<UInt8>, width: Int, height: Int, _ kernels: Kernels
    ) {
        func places(_ count: Int, of: Int) -> [(at: Int, weight: Int)] {
            (0..<count).map { i in
                // The middle of pixel i there, in 256ths of a pixel here.
                let middle = max(0, ((2 * i + 1) * of * 256 / count - 256) / 2)
                return middle >> 8 >= of - 1 ? (of - 2, 256) : (middle >> 8, middle & 255)
            }
        }
        let columns = places(width, of: above.width)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: above.width) { row in
            for (y, place) in places(height, of: above.height).enumerated() {
                let upper = above.pixels + place.at * above.width
                kernels.table.pointee.blend_rows(
                    upper, upper + above.width, above.width, UInt32(place.weight), row.baseAddress)
                let to = out + y * width
                columns.withUnsafeBufferPointer { columns in
                    for x in 0..<width {
                        let (at, weight) = columns[x]
                        let sum = Int(row[at]) &* (256 &- weight) &+ Int(row[at + 1]) &* weight
                        to[x] = UInt8(truncatingIfNeeded: (sum &+ 32768) >> 16)
                    }
                }
            }
        }
    }
}

import CKernels
import Glibc
import MediaModel
import PerceptualHash

/// Pixels in memory -> hash, each kernel level, exact and fast in turn: CPU microseconds, medians.
func benchmarkKernels(side: Int, rounds: Int) {
    var generator = SeededGenerator(seed: 1)
    print("level     pixels  precision  us a hash of \(side) x \(side)")
    for (name, level) in kernelLevels {
        guard let kernels = Kernels(level: level) else { continue }
        for (layoutName, layout) in [("gray", PixelLayout.gray), ("rgb", .rgb), ("rgbx", .rgbx)] {
            let pixels = (0..<side * side * layout.channels).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var times: [HashPrecision: [Double]] = [:]
            for _ in 0..<rounds {
                for precision in HashPrecision.allCases {
                    let time = measure {
                        _ = pixels.withUnsafeBufferPointer {
                            hashOfPixels(
                                $0, width: side, height: side, layout: layout, precision, kernels: kernels)
                        }
                    }
                    times[precision, default: []].append(time.cpu * 1e6)
                }
            }
            for precision in HashPrecision.allCases {
                let median = times[precision]!.sorted()[rounds / 2]
                print("\(padded(name, 10))\(padded(layoutName, 8))\(padded(precision.rawValue, 11))\(Int(median))")
            }
        }
    }
}

func padded(_ text: String, _ count: Int) -> String {
    text + String(repeating: " ", count: max(0, count - text.count))
}

private let kernelLevels: [(String, ck_level)] = [
    ("portable", .CK_PORTABLE), ("avx2", .CK_AVX2), ("avx512", .CK_AVX512), ("neon", .CK_NEON),
]

import CKernels
import LocalFeatures
import MediaModel
import TestSupport
import Testing

@Suite struct LocalFeatureLevels {
    /// Every level of kernels finds and describes the same, at widths around those of registers.
    @Test(arguments: [48, 63, 64, 65, 97, 200, 641])
    func giveTheSame(width: Int) {
        var random = SeededGenerator(seed: UInt64(width))
        let height = 150
        // Blocks of noise: corners of every size.
        let noise = (0..<6000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let plane = (0..<width * height).map { at in noise[(at / width / 9 * 97 + at % width / 9) % noise.count] }
        let expected = features(plane, width, height, Kernels(level: .CK_PORTABLE)!)
        #expect(width < 64 || !expected.isEmpty)
        for level in [ck_level.CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON] {
            guard let kernels = Kernels(level: level) else { continue }
            #expect(features(plane, width, height, kernels) == expected)
        }
    }

    private func features(_ plane: [UInt8], _ width: Int, _ height: Int, _ kernels: Kernels) -> [LocalFeature] {
        plane.withUnsafeBufferPointer {
            localFeatures(
                luma: $0.baseAddress!, width: width, height: height, stride: width, maximumCount: 300,
                kernels: kernels)
        }
    }
}

import MediaModel
import PerceptualHash
import Testing

@Suite struct ReferenceHashes {
    /// Fine structure, so that a shift of a fraction of a sample costs many bits; drawn at any size.
    private func scene(_ width: Int, _ height: Int, _ turn: (Double, Double) -> (Double, Double) = { ($0, $1) })
        -> [UInt8]
    {
        (0..<width * height).map { i in
            let (u, v) = turn((Double(i % width) + 0.5) / Double(width), (Double(i / width) + 0.5) / Double(height))
            var value = 128.0
            for k in 1...24 {
                let phase = Double(k * k) * 0.7
                let (fx, fy) = (Double(k * 7 % 23) - 11, Double(k * 5 % 19) - 9)
                value += 90 / Double(k).squareRoot() * cosine(fx * u + fy * v + phase)
            }
            return UInt8(min(255, max(0, value)))
        }
    }

    private func cosine(_ turns: Double) -> Double {
        // Enough of a wave for a scene, and the same on every system: a parabola for each half.
        let t = turns - turns.rounded(.down)
        return t < 0.5 ? 1 - 16 * (t - 0.25) * (t - 0.25) : 16 * (t - 0.75) * (t - 0.75) - 1
    }

    private func hash(_ pixels: [UInt8], _ width: Int, _ height: Int, _ wanted: HashSet) -> PDQ {
        let hasher = PDQHasher(width: width, height: height, layout: .gray, wanted: wanted)
        pixels.withUnsafeBufferPointer { hasher.add(rows: $0.baseAddress!, count: height, stride: width) }
        return hasher.finish()
    }

    @Test func areThePicturesOwnAndFourAlignmentsOfEveryOrientation() {
        let pdq = hash(scene(300, 200), 300, 200, .reference)
        #expect(pdq.hashes.count == 33)
        #expect(pdq.hashes[0].hash == pdq.feature.hash && pdq.hashes[0].orientation == .orig)
        for orientation in Dihedral.allCases {
            #expect(pdq.hashes.dropFirst().filter { $0.orientation == orientation }.count == 4)
        }
    }

    /// Copies at other sizes, turned: near one of the reference's hashes of that orientation.
    @Test(arguments: [(512, 512), (256, 256), (200, 260), (640, 480), (150, 150), (1000, 700)])
    func areNearACopyOfAnySizeAndOrientation(width: Int, height: Int) {
        let reference = hash(scene(512, 512), 512, 512, .reference).hashes
        let turns: [(Dihedral, (Double, Double) -> (Double, Double))] = [
            (.orig, { ($0, $1) }), (.rot90, { (1 - $1, $0) }), (.rot180, { (1 - $0, 1 - $1) }),
            (.rot270, { ($1, 1 - $0) }),
            (.flipx, { ($0, 1 - $1) }), (.flipy, { (1 - $0, $1) }), (.flipp, { ($1, $0) }),
            (.flipm, { (1 - $1, 1 - $0) }),
        ]
        for (orientation, turn) in turns {
            let copy = hash(scene(width, height, turn), width, height, .single).feature.hash
            let nearest = reference.filter { $0.orientation == orientation }.map { $0.hash.distance(to: copy) }.min()!
            #expect(nearest <= 24, "\(orientation) at \(width) x \(height)")
            let others = reference.filter { $0.orientation != orientation }.map { $0.hash.distance(to: copy) }.min()!
            #expect(others > nearest)
        }
    }

    /// Stored in registries: they must not change unnoticed.
    @Test func areAFormat() {
        let hashes = hash(scene(131, 97), 131, 97, .reference).hashes.map(\.hash.description)
        #expect(hashes[1] == "f89ab0c2fefc74c1a85b730079fd7500825762d5929463d7f212baca4017bab7")
        #expect(hashes[20] == "d81fef7d86fc2b3ea8552cff0141aaff8657bd2a9694b829f212453540174548")
        #expect(hashes[32] == "bff815d0ff1e5987cb50192a71a88dbaa735d07e775400d1f55102d995ca30e9")
    }

    @Test(arguments: [(5, 5), (5, 4000), (63, 64), (64, 64), (65, 1)])
    func existForOddSizes(width: Int, height: Int) {
        let pdq = hash(scene(width, height), width, height, .reference)
        #expect(pdq.hashes.count == (min(width, height) < 5 ? 1 : 33))
    }
}

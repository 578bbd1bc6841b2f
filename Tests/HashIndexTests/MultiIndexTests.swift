import CKernels
import HashIndex
import MediaModel
import TestSupport
import Testing

@Suite struct MultiIndexSearch {
    /// Neighbours at every distance around the radius, in sets that fill buckets unevenly.
    @Test(arguments: [0, 1, 7, 15, 16, 30, 31, 32, 47], ["spread", "clustered", "equal"])
    func findsWhatTheFlatIndexFinds(radius: Int, shape: String) {
        var random = SeededGenerator(seed: UInt64(radius + 1))
        let centres = (0..<(shape == "spread" ? 400 : 4)).map { _ in randomHash(&random) }
        let entries = (0..<1500).map { row -> IndexEntry in
            let centre = centres[row % centres.count]
            return IndexEntry(
                hash: shape == "equal" ? centre : flip(centre, bits: row % 50, &random),
                reference: ReferenceID(rawValue: Int64(row)), orientation: Dihedral(rawValue: UInt8(row % 8))!)
        }
        let queries =
            centres.prefix(40) + (0..<20).map { _ in randomHash(&random) }
            + entries.prefix(60).enumerated().map { flip($0.element.hash, bits: $0.offset, &random) }
        let expected = FlatIndex(entries: entries).search(Array(queries), radius: radius)
        for level in [ck_level.CK_PORTABLE, .CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON] {
            guard let kernels = Kernels(level: level) else { continue }
            #expect(MultiIndex(entries: entries, kernels: kernels).search(Array(queries), radius: radius) == expected)
        }
    }

    /// The worst case for the pigeonhole: the errors spread as evenly as they can.
    @Test func findsNeighboursWhoseErrorsAreSpreadEvenly() {
        var random = SeededGenerator(seed: 3)
        let base = randomHash(&random)
        for distance in 0...31 {
            var words = [base.word0, base.word1, base.word2, base.word3]
            for error in 0..<distance {
                let bit = error % 16 * 16 + error / 16 * 7
                words[bit / 64] ^= 1 << UInt64(bit % 64)
            }
            let query = Hash256(words[0], words[1], words[2], words[3])
            #expect(query.distance(to: base) == distance)
            let index = MultiIndex(entries: [
                IndexEntry(hash: base, reference: ReferenceID(rawValue: 1), orientation: .orig)
            ])
            #expect(index.search([query], radius: 31).map(\.distance) == [distance])
            #expect(index.search([query], radius: max(0, distance - 1)).count == (distance == 0 ? 1 : 0))
        }
    }

    @Test func findsNothingInNothing() {
        #expect(MultiIndex(entries: []).search([.zero], radius: 31).isEmpty)
    }

    private func randomHash(_ random: inout SeededGenerator) -> Hash256 {
        Hash256(random.next(), random.next(), random.next(), random.next())
    }

    private func flip(_ hash: Hash256, bits: Int, _ random: inout SeededGenerator) -> Hash256 {
        var words = [hash.word0, hash.word1, hash.word2, hash.word3]
        for bit in (0..<256).shuffled(using: &random).prefix(bits) { words[bit / 64] ^= 1 << UInt64(bit % 64) }
        return Hash256(words[0], words[1], words[2], words[3])
    }
}

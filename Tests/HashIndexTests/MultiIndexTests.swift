import CKernels
import HashIndex
import MediaModel
import TestSupport
import Testing

@Suite struct MultiIndexSearch {
    /// Neighbours at every distance around the radius, in sets that fill buckets unevenly.
    @Test(arguments: [0, 1, 7, 15, 16, 30, 31, 32, 47, 63, 64], ["spread", "clustered", "equal", "one bucket"])
    func findsWhatTheFlatIndexFinds(radius: Int, shape: String) {
        var random = SeededGenerator(seed: UInt64(radius + 1))
        let centres = (0..<(shape == "spread" ? 400 : 4)).map { _ in randomHash(&random) }
        let entries = (0..<1500).map { row -> IndexEntry in
            let centre = centres[row % centres.count]
            var hash = shape == "equal" ? centre : flip(centre, bits: row % 70, &random)
            // The first band's bits, as the index cuts them: one column of the DCT's values a row.
            if shape == "one bucket" { hash = spread(hash, firstBand: 0x5A5A) }
            return IndexEntry(
                hash: hash,
                reference: ReferenceID(rawValue: Int64(row)), orientation: Dihedral(rawValue: UInt8(row % 8))!)
        }
        let queries =
            centres.prefix(40) + (0..<20).map { _ in randomHash(&random) }
            + entries.prefix(60).enumerated().map { flip($0.element.hash, bits: $0.offset, &random) }
        let expected = FlatIndex(entries: entries).search(Array(queries), radius: radius)
        for level in [ck_level.CK_PORTABLE, .CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON] {
            guard let kernels = Kernels(level: level) else { continue }
            let index = MultiIndex(entries: entries, kernels: kernels)
            #expect(index.search(Array(queries), radius: radius) == expected, "together")
            let alone = queries.enumerated().flatMap { number, query in
                index.search([query], radius: radius).map { hit in
                    IndexHit(
                        query: number, reference: hit.reference, orientation: hit.orientation, distance: hit.distance)
                }
            }
            #expect(alone == expected, "one by one")
        }
    }

    /// Every radius, with neighbours exactly at it and one bit beyond.
    @Test func findsWhatLiesAtTheEdgeOfEveryRadius() {
        var random = SeededGenerator(seed: 9)
        let centres = (0..<40).map { _ in randomHash(&random) }
        for radius in 0...64 {
            let entries = centres.enumerated().map {
                IndexEntry(
                    hash: flip($0.element, bits: radius + $0.offset % 2, &random),
                    reference: ReferenceID(rawValue: Int64($0.offset)), orientation: .orig)
            }
            let found = MultiIndex(entries: entries).search(centres, radius: radius)
            #expect(found.map(\.query) == (0..<40).filter { $0 % 2 == 0 })
            #expect(found.allSatisfy { $0.distance == radius })
        }
    }

    /// In a huge set the buckets that a large batch visits are sorted first.
    @Test(arguments: [0, 15, 31, 40, 64])
    func findsWhatTheFlatIndexFindsForALargeBatch(radius: Int) {
        var random = SeededGenerator(seed: 6)
        let centres = (0..<100).map { _ in randomHash(&random) }
        let entries = (0..<1000).map {
            IndexEntry(
                hash: flip(centres[$0 % 100], bits: $0 % 70, &random), reference: ReferenceID(rawValue: Int64($0)),
                orientation: .orig)
        }
        let queries = (0..<2100).map { flip(centres[$0 % 100], bits: $0 % 35, &random) }
        let expected = FlatIndex(entries: entries).search(queries, radius: radius)
        #expect(
            MultiIndex(entries: entries, kernels: .active, hugeCount: 0).search(queries, radius: radius) == expected)
    }

    /// Its buckets are fetched ahead, which must not change what is found.
    @Test func findsWhatTheFlatIndexFindsInALargeSet() {
        var random = SeededGenerator(seed: 4)
        let entries = (0..<210_000).map {
            IndexEntry(hash: randomHash(&random), reference: ReferenceID(rawValue: Int64($0)), orientation: .orig)
        }
        let queries = (0..<64).map { flip(entries[$0 * 3000].hash, bits: $0 % 34, &random) }
        let expected = FlatIndex(entries: entries).search(queries, radius: 31)
        let index = MultiIndex(entries: entries)
        #expect(index.search(queries, radius: 31) == expected)
        #expect(queries.flatMap { index.search([$0], radius: 31) }.map(\.reference) == expected.map(\.reference))
        #expect(expected.count == 62)
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

    /// The hash with bits that make up the first band of the index set to those of `firstBand`.
    private func spread(_ hash: Hash256, firstBand: UInt16) -> Hash256 {
        let turns = [0, 7, 13, 4, 10, 1, 15, 6, 12, 3, 9, 14, 5, 11, 2, 8]
        var words = [hash.word0, hash.word1, hash.word2, hash.word3]
        for column in 0..<16 {
            let bit = turns[column] * 16 + column
            words[bit / 64] &= ~(1 << UInt64(bit % 64))
            words[bit / 64] |= UInt64(firstBand >> column & 1) << UInt64(bit % 64)
        }
        return Hash256(words[0], words[1], words[2], words[3])
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

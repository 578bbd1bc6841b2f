import CKernels
import ContentDigest
import Foundation
import HashIndex
import MediaModel
import TestSupport
import Testing

private let levels: [ck_level] = [.CK_PORTABLE, .CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON]
    .filter { ck_has_level($0) != 0 }

@Suite struct FlatIndexSearch {
    /// Around the block sizes of the kernels; queries far, near, and at the very edge of the radius.
    @Test(arguments: levels, [0, 1, 3, 4, 5, 7, 8, 9, 31, 100, 1003])
    func findsWhatBruteForceFinds(level: ck_level, count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let centre = randomHash(&random)
        let entries = (0..<count).map { row in
            IndexEntry(
                hash: row % 3 == 0 ? randomHash(&random) : flip(centre, bits: row % 66, &random),
                reference: ReferenceID(rawValue: Int64(row + 1)), orientation: Dihedral(rawValue: UInt8(row % 8))!)
        }
        let index = FlatIndex(entries: entries, kernels: try #require(Kernels(level: level)))
        let queries = [centre, randomHash(&random), .zero, flip(centre, bits: 20, &random)]
        for radius in [0, 1, 30, 31, 32, 64, 255, 256] {
            let expected = queries.enumerated().flatMap { number, query in
                entries.compactMap { entry -> IndexHit? in
                    let distance = entry.hash.distance(to: query)
                    guard distance <= radius else { return nil }
                    return IndexHit(
                        query: number, reference: entry.reference, orientation: entry.orientation, distance: distance)
                }
            }
            #expect(index.search(queries, radius: radius) == expected)
        }
    }

    /// Room for one: the rest takes a second pass.
    @Test(arguments: levels) func findsPairs(level: ck_level) throws {
        var random = SeededGenerator(seed: 3)
        let queries = (0..<20).map { _ in randomHash(&random) }
        let rows = (0..<50).map { flip(queries[$0 % 20], bits: $0 + 10, &random) }
        let found = nearPairs(queries, rows, radius: 40, expected: 1, kernels: try #require(Kernels(level: level)))
        let expected = queries.indices.flatMap { query in
            rows.indices.compactMap { row -> [Int]? in
                let distance = queries[query].distance(to: rows[row])
                return distance <= 40 ? [query, row, distance] : nil
            }
        }
        #expect(found.map { [$0.query, $0.row, $0.distance] } == expected)
        #expect(expected.count >= 31)
    }

    @Test func findsNothingInNothing() {
        #expect(FlatIndex(entries: []).search([.zero], radius: 256).isEmpty)
        let one = FlatIndex(entries: [IndexEntry(hash: .zero, reference: ReferenceID(rawValue: 1), orientation: .orig)])
        #expect(one.search([], radius: 256).isEmpty)
        #expect(one.search([.zero], radius: 0).count == 1)
    }

    /// Meta's oracle: 100,000 hashes, 500 queries with 0...39 flipped bits, all pairs within a radius by their digest.
    @Test(arguments: [
        (0, 13, "2b606a9e05f3ad122a1be0caa01c37fa743e1c4b19ddc8f3618f37575700942a"),
        (15, 208, "6c1aecc2d92f6fa60989fa7ab2e27d77738172c410f1bf40f3ce901b6396634a"),
        (31, 404, "6f99f0584fe6cee44fd84db474398f928c17648897b4b80c25fffc9a94a82f87"),
        (32, 416, "e58b9784d890b4aa09a5bcc64fc7565dc9eff383393b5a48245af8261abbe7f7"),
        (88, 509, "03ce927c8385686e1dc386265cd3719e1acb763bc62b4e64c09ee6c4ebe44d70"),
    ])
    func meetsTheReferencesPairs(radius: Int, count: Int, pairs: String) throws {
        let (bank, queries) = Self.oracle
        #expect(digest(bank.map(\.description)) == "5ece7a44ab1438ec9f116d80312e29e74e6ab94c983fbe5c6452e52461992a2b")
        #expect(
            digest(queries.map(\.description)) == "b4a4f134ebd51f4735407488a30ad55646f5e49cc237a1a915feeaa818daf526")
        let index = FlatIndex(entries: Self.oracleEntries)
        let hits = index.search(queries, radius: radius)
        #expect(hits.count == count)
        if radius <= 63 { #expect(MultiIndex(entries: Self.oracleEntries).search(queries, radius: radius) == hits) }
        #expect(digest(hits.map { "\($0.query),\($0.reference),\($0.distance)" }) == pairs)
    }

    private static let oracleEntries = oracle.bank.enumerated().map {
        IndexEntry(hash: $0.element, reference: ReferenceID(rawValue: Int64($0.offset)), orientation: .orig)
    }

    private static let oracle: (bank: [Hash256], queries: [Hash256]) = {
        var state = SeededGenerator(seed: 2024)
        let bank = (0..<100_000).map { _ in
            let words = (0..<4).map { _ in state.next() }
            return Hash256(words[3], words[2], words[1], words[0])
        }
        var chooser = SeededGenerator(seed: 77)
        let queries = (0..<500).map { k in
            let source = bank[Int(chooser.next() % 100_000)]
            var words = [source.word0, source.word1, source.word2, source.word3]
            var flipped: Set<UInt64> = []
            while flipped.count < k % 40 {
                let bit = chooser.next() % 256
                if flipped.insert(bit).inserted { words[Int(bit / 64)] ^= 1 << (bit % 64) }
            }
            return Hash256(words[0], words[1], words[2], words[3])
        }
        return (bank, queries)
    }()

    private func digest(_ lines: [String]) -> String {
        let text = Array((lines.joined(separator: "\n") + "\n").utf8)
        return SHA256Digest(bytes: text.withUnsafeBytes { sha256($0) })!.description
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

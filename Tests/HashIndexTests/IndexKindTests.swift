import HashIndex
import MediaModel
import TestSupport
import Testing

@Suite struct IndexKinds {
    @Test func costsGrowWithWhatIsRead() {
        for radius in [0, 15, 31, 47, 64] {
            let costs = [100, 1000, 10_000, 100_000].map { SearchCost(multi: $0, radius: radius).nanoseconds(.multi) }
            #expect(costs == costs.sorted())
        }
        let costs = (0...64).map { SearchCost(multi: 50_000, radius: $0).nanoseconds(.multi) }
        #expect(costs == costs.sorted())
        #expect(SearchCost(flat: 200).nanoseconds(.flat) == 2 * SearchCost(flat: 100).nanoseconds(.flat))
    }

    /// At a radius of 31 the bucket of a value of 16 bits and its 16 neighbours, in 16 bands: 272 of 65,536 values. Of
    /// what lies there those stay whose next 16 bits differ by at most 3 bits, 2 in a neighbour: 697 and 137 of 65,536.
    @Test func lookUpsAreCountedAsTheyHappen() {
        let cost = SearchCost(multi: 1_000_000, radius: 31)
        #expect(cost.buckets == 272)
        #expect(abs(cost.sketches / 1_000_000 - 0.00415) < 0.00001)
        #expect(abs(cost.rows - 1_000_000 * 16 * (697 + 16 * 137) / 65536 / 65536) < 1e-6)
    }

    @Test func smallSetsAndLargeRadiiAreScanned() {
        #expect(IndexKind.fitting(entries: 0, radius: 31) == .flat)
        #expect(IndexKind.fitting(entries: 200, radius: 31) == .flat)
        #expect(IndexKind.fitting(entries: 10_000, radius: 31) == .multi)
        #expect(IndexKind.fitting(entries: 10_000, radius: 64) == .flat)
        #expect(IndexKind.fitting(entries: 1_000_000, radius: 65) == .flat)
    }

    @Test(arguments: [50, 3000], [0, 31, 34, 64]) func findTheSame(count: Int, radius: Int) {
        var random = SeededGenerator(seed: UInt64(count + radius))
        let entries = (0..<count).map {
            IndexEntry(
                hash: randomHash(&random), reference: ReferenceID(rawValue: Int64($0)), orientation: .orig,
                milliseconds: nil)
        }
        let queries = entries.prefix(40).map { flip($0.hash, bits: radius / 2, &random) }
        let found = IndexKind.allCases.map { kind in
            ReferenceIndex(entries: entries, radius: radius, kind: kind).search(queries, radius: radius)
        }
        #expect(found[0] == found[1] && found[0].count >= 40)
    }
}

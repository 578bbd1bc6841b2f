import HashIndex
import MediaModel

/// Both indexes in memory on sets of any size at any radius: what a look-up in a batch takes, and what `SearchCost`
/// says of it.
func benchmarkIndexKinds(rounds: Int) {
    print("entries radius | flat us (model) | multi us (model) | buckets sketches rows | fitting, best")
    var random = SeededGenerator(seed: 3)
    for count in [256, 1024, 2048, 4096, 8192, 32768, 131_072] {
        let hashes = HashSetKind.uniform.hashes(count, &random)
        let entries = hashes.enumerated().map {
            IndexEntry(hash: $0.element, reference: ReferenceID(rawValue: Int64($0.offset)), orientation: .orig)
        }
        let (flat, multi) = (FlatIndex(entries: entries), MultiIndex(entries: entries))
        let queries = HashSetKind.uniform.hashes(512, &random)
        for radius in [0, 15, 31, 34, 40, 47, 55, 64] {
            var (flatTimes, multiTimes): ([Double], [Double]) = ([], [])
            for _ in 0..<rounds {
                flatTimes.append(cpuSeconds { _ = flat.search(queries, radius: radius) } * 1e6 / 512)
                multiTimes.append(cpuSeconds { _ = multi.search(queries, radius: radius) } * 1e6 / 512)
            }
            let (a, b) = (median(flatTimes), median(multiTimes))
            let (flatCost, multiCost) = (SearchCost(flat: count), SearchCost(multi: count, radius: radius))
            func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
            print(
                count, radius, "|", rounded(a), "(\(rounded(flatCost.nanoseconds(.flat) / 1000)))", "|", rounded(b),
                "(\(rounded(multiCost.nanoseconds(.multi) / 1000)))", "|", Int(multiCost.buckets),
                Int(multiCost.sketches), Int(multiCost.rows), "|",
                IndexKind.fitting(entries: count, radius: radius).rawValue, a < b ? "flat" : "multi")
        }
    }
}

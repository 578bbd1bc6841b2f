import Glibc
import HashIndex
import MediaModel

/// Build, single look-ups and batches of the exact indexes, and what they find of planted neighbours.
///
/// - Parameter file: where the hashes and queries are left for other tools (32 bytes each, the hashes first); nil for
///   nowhere.
func benchmarkIndex(count: Int, set: HashSetKind, queries queryCount: Int, rounds: Int, file: String?) {
    var random = SeededGenerator(seed: 1)
    let hashes = set.hashes(count, &random)
    let planted = (0..<queryCount / 3).map { flipped(hashes[$0 &* 7919 % count], bits: $0 % 32, &random) }
    let queries = planted + set.hashes(queryCount - planted.count, &random)
    if let file { write(hashes + queries, to: file) }

    let entries = hashes.enumerated().map {
        IndexEntry(hash: $0.element, reference: ReferenceID(rawValue: Int64($0.offset)), orientation: .orig)
    }
    var index: MultiIndex?
    let build = cpuSeconds { index = MultiIndex(entries: entries) }
    guard let index else { return }
    print("\(set.rawValue), \(count) hashes; built in \(build) s CPU, \(build * 1e6 / Double(count)) us a hash")

    let flat = FlatIndex(entries: entries)
    var (batch, single, linear): ([Double], [Double], [Double]) = ([], [], [])
    let few = Array(queries.prefix(max(1, min(64, 20_000_000 / count))))
    var found: [IndexHit] = []
    for _ in 0..<rounds {
        batch.append(cpuSeconds { found = index.search(queries, radius: 31) } * 1e6 / Double(queries.count))
        linear.append(cpuSeconds { _ = flat.search(few, radius: 31) } * 1e6 / Double(few.count))
        single += queries.prefix(3200).map { query in clockSeconds { _ = index.search([query], radius: 31) } * 1e6 }
    }
    single.sort()
    print(
        """
        batch of \(queries.count): \(median(batch)) us a query; single: median \(median(single)) us, \
        p99 \(single[single.count * 99 / 100]) us on the clock; flat: \(median(linear)) us
        """)
    var missed = [Int](repeating: 0, count: 32)
    let pairs = Set(found.map { [$0.query, Int($0.reference.rawValue)] })
    for number in planted.indices where !pairs.contains([number, number &* 7919 % count]) { missed[number % 32] += 1 }
    let same = flat.search(few, radius: 31) == found.filter { $0.query < few.count }
    print("\(planted.count) planted at 0...31 bits, missed by distance: \(missed); as the flat index: \(same)")
}

/// Where a benchmark's hashes come from.
enum HashSetKind: String {
    case uniform
    /// Three of ten have up to a thousand near copies, as a video's frames are.
    case clustered

    func hashes(_ count: Int, _ random: inout SeededGenerator) -> [Hash256] {
        var hashes: [Hash256] = []
        hashes.reserveCapacity(count)
        while hashes.count < count {
            let base = Hash256(random.next(), random.next(), random.next(), random.next())
            hashes.append(base)
            guard self == .clustered, random.next() % 10 < 3 else { continue }
            for copy in 0..<min(Int(random.next() % 1000), count - hashes.count) {
                hashes.append(flipped(base, bits: copy % 60, &random))
            }
        }
        return hashes
    }
}

func flipped(_ hash: Hash256, bits: Int, _ random: inout SeededGenerator) -> Hash256 {
    var words = [hash.word0, hash.word1, hash.word2, hash.word3]
    var left = bits
    var done: Set<Int> = []
    while left > 0 {
        let bit = Int(random.next() % 256)
        guard done.insert(bit).inserted else { continue }
        words[bit / 64] ^= 1 << UInt64(bit % 64)
        left -= 1
    }
    return Hash256(words[0], words[1], words[2], words[3])
}

private func write(_ hashes: [Hash256], to path: String) {
    guard let file = fopen(path, "wb") else { return }
    defer { fclose(file) }
    hashes.withUnsafeBytes { _ = fwrite($0.baseAddress!, 1, $0.count, file) }
}

private func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func seconds(_ clock: clockid_t, _ body: () -> Void) -> Double {
    let start = now(clock)
    body()
    return now(clock) - start
}

/// Seconds, from whenever.
func clockNow() -> Double { now(CLOCK_MONOTONIC) }

func cpuSeconds(_ body: () -> Void) -> Double { seconds(CLOCK_THREAD_CPUTIME_ID, body) }
func clockSeconds(_ body: () -> Void) -> Double { seconds(CLOCK_MONOTONIC, body) }
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

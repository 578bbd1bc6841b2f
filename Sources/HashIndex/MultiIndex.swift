import CKernels
public import MediaModel

/// Exact search by multi-index hashing with the general pigeonhole principle.
///
/// The 256 bits are cut into 16 bands of 16. Each band i gets a threshold t(i) so that the sum of
/// t(i) + 1 is radius + 1: two hashes within the radius then differ by at most t(i) in
/// some band, for otherwise the bands alone would add up to more. So a look-up visits, in each
/// band, the buckets within t(i) of the query's value, and checks what lies there.
/// (Norouzi, Punjani, Fleet: "Fast Exact Search in Hamming Space with Multi-Index Hashing", PAMI 2014;
/// Qin et al.: "GPH: Similarity Search in Hamming Space", ICDE 2018.) Better still: with the bands in a ring, some
/// band within its threshold also has a next one with which it differs by at most 1 + t(i) + t(i+1)
/// together (Qin, Xiao: "Pigeonring", VLDB 2018). So every bucket holds its rows' next 16 bits, and nearly
/// all candidates are dropped without a look at their hash.
///
/// 45 bytes of entry and 96 of buckets for each, and 4 MB. Immutable, so shared freely between threads.
public struct MultiIndex: Sendable {
    private static let bands = 16
    private static let buckets = 1 << 16

    private let hashes: [Hash256]
    private let table: EntryTable
    /// Band by band: where each bucket's rows start in `rows`; one more than there are buckets.
    private let starts: [UInt32]
    /// Band by band: the rows in the order of their value.
    private let rows: [UInt32]
    /// Of each row in `rows`, the value of its next band.
    private let sketches: [UInt16]

    private let kernels: Kernels

    public init(entries: some Collection<IndexEntry>) { self.init(entries: entries, kernels: .active) }

    package init(entries: some Collection<IndexEntry>, kernels: Kernels) {
        self.kernels = kernels
        precondition(entries.count <= Int(UInt32.max), "rows are counted in 32 bits")
        let hashes = entries.map(\.hash)
        var starts = [UInt32](repeating: 0, count: Self.bands * (Self.buckets + 1))
        var rows = [UInt32](repeating: 0, count: Self.bands * hashes.count)
        var sketches = [UInt16](repeating: 0, count: Self.bands * hashes.count)
        for band in 0..<Self.bands {
            let first = band * (Self.buckets + 1)
            // A counting sort by the band's value.
            for hash in hashes { starts[first + Int(hash.band(band)) + 1] += 1 }
            for bucket in 0..<Self.buckets { starts[first + bucket + 1] += starts[first + bucket] }
            var next = Array(starts[first..<first + Self.buckets])
            for (row, hash) in hashes.enumerated() {
                let bucket = Int(hash.band(band))
                let at = band * hashes.count + Int(next[bucket])
                rows[at] = UInt32(row)
                sketches[at] = hash.band((band + 1) % Self.bands)
                next[bucket] += 1
            }
        }
        self.hashes = hashes
        table = EntryTable(entries)
        (self.starts, self.rows, self.sketches) = (starts, rows, sketches)
    }

    /// How many entries there are.
    public var count: Int { hashes.count }

    /// Every entry within `radius` bits (inclusive) of each query: by query, then in the order of the entries.
    ///
    /// - Precondition: `radius` is in 0...63.
    public func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        let plan = ProbePlan(radius: radius)
        var found: [Found] = []
        // Band by band, so that a batch meets each band's buckets in the cache.
        for band in 0..<Self.bands where plan.thresholds[band] >= 0 {
            look(for: queries, in: band, plan, into: &found)
        }
        found.sort { ($0.query, $0.row) < ($1.query, $1.row) }
        return found.map { table.hit(query: $0.query, row: $0.row, distance: $0.distance) }
    }

    private struct Found {
        let query: UInt32
        let row: UInt32
        let distance: UInt32
    }

    private func look(for queries: [Hash256], in band: Int, _ plan: ProbePlan, into found: inout [Found]) {
        for candidate in candidates(for: queries, in: band, plan) {
            let row = rows[band * hashes.count + Int(candidate.position)]
            let (entry, query) = (hashes[Int(row)], queries[Int(candidate.query)])
            let distance = entry.distance(to: query)
            // Several bands lead to a match: the first of them reports it.
            guard distance <= plan.radius, plan.isFirst(band, entry, query) else { continue }
            found.append(Found(query: candidate.query, row: row, distance: UInt32(distance)))
        }
    }

    private func candidates(for queries: [Hash256], in band: Int, _ plan: ProbePlan) -> [ck_candidate] {
        let next = (band + 1) % Self.bands
        let bound = UInt32(max(0, 1 + plan.thresholds[band] + plan.thresholds[next]))
        // A first guess; the kernel counts on past it.
        var capacity = 1024 + queries.count
        while true {
            var count = 0
            let candidates = [ck_candidate](unsafeUninitializedCapacity: capacity) { out, filled in
                starts.withUnsafeBufferPointer { starts in
                    sketches.withUnsafeBufferPointer { sketches in
                        var place = ck_band(
                            starts: starts.baseAddress! + band * (Self.buckets + 1),
                            sketches: sketches.baseAddress.map { $0 + band * hashes.count }, word: UInt32(band / 4),
                            shift: UInt32(band % 4 * 16), next_word: UInt32(next / 4), next_shift: UInt32(next % 4 * 16)
                        )
                        count = queries.withUnsafeBytes { queryBytes in
                            kernels.table.pointee.probe_band(
                                queryBytes.assumingMemoryBound(to: UInt64.self).baseAddress, queries.count, &place,
                                plan.masks, plan.maskCount(of: band), bound, out.baseAddress, capacity)
                        }
                    }
                }
                filled = min(count, capacity)
            }
            guard count > capacity else { return candidates }
            capacity = count
        }
    }
}

/// How far a look-up goes in each band.
private struct ProbePlan {
    let radius: Int
    /// Largest distance in each band; -1 leaves a band out.
    let thresholds: [Int]
    /// All masks of 16 bits with up to four bits, fewest first.
    let masks: [UInt16]
    /// How many masks have at most so many bits.
    private let maskCounts: [Int]

    init(radius: Int) {
        precondition((0...63).contains(radius))
        self.radius = radius
        // The sum of (threshold + 1) over 16 bands is radius + 1.
        let (all, some) = ((radius + 1) / 16, (radius + 1) % 16)
        thresholds = (0..<16).map { $0 < some ? all : all - 1 }
        (masks, maskCounts) = Self.allMasks
    }

    private static let allMasks: (masks: [UInt16], counts: [Int]) = {
        let masks = (0...UInt16.max).filter { $0.nonzeroBitCount <= 4 }
            .sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }
        return (masks, (0...4).map { weight in masks.count { $0.nonzeroBitCount <= weight } })
    }()

    func maskCount(of band: Int) -> Int { maskCounts[thresholds[band]] }

    /// Whether no band before `band` leads from one to the other.
    func isFirst(_ band: Int, _ a: Hash256, _ b: Hash256) -> Bool {
        !(0..<band).contains { earlier in
            let next = (earlier + 1) % 16
            let distance = (a.band(earlier) ^ b.band(earlier)).nonzeroBitCount
            let together = distance + (a.band(next) ^ b.band(next)).nonzeroBitCount
            return distance <= thresholds[earlier] && together <= 1 + thresholds[earlier] + thresholds[next]
        }
    }
}

extension Hash256 {
    /// Bits 16 * band ... 16 * band + 15.
    fileprivate func band(_ band: Int) -> UInt16 {
        let word =
            switch band >> 2 {
            case 0: word0
            case 1: word1
            case 2: word2
            default: word3
            }
        return UInt16(truncatingIfNeeded: word >> UInt64(16 * (band & 3)))
    }
}

import CKernels
public import MediaModel

/// Exact search by multi-index hashing with the general pigeonhole principle.
///
/// The 256 bits are cut into 16 bands of 16. Each band i gets a limit t(i) so that the sum of
/// t(i) + 1 is radius + 1: two hashes within the radius then differ by at most t(i) in
/// some band, for otherwise the bands alone would add up to more. So a look-up visits, in each
/// band, the buckets within t(i) of the query's value, and checks what lies there.
/// (Norouzi, Punjani, Fleet: "Fast Exact Search in Hamming Space with Multi-Index Hashing", PAMI 2014;
/// Qin et al.: "GPH: Similarity Search in Hamming Space", ICDE 2018.) Better still: with the bands in a ring, some
/// band within its limit also has a next one with which it differs by at most 1 + t(i) + t(i+1)
/// together (Qin, Xiao: "Pigeonring", VLDB 2018). So every bucket holds its rows' next 16 bits, and nearly
/// all candidates are dropped without a look at their hash.
///
/// 128 bytes of hash and buckets for each entry, 13 of the entry itself, and 4 MB. Immutable, so shared freely between
/// threads.
public struct MultiIndex: @unchecked Sendable {  // its memory is only read once it is built
    private let layout: BandLayout
    private let memory: IndexMemory
    private let bands: [ck_band]
    private let table: EntryTable
    private let kernels: Kernels
    private let hugeCount: Int

    /// Queries that are looked up one by one: sorting fewer does not pay.
    private static let fewQueries = 24
    /// Entries from which on a band's buckets outgrow the caches.
    private static let largeCount = 200_000
    /// Entries from which on a batch pays for sorting the buckets that it visits, and how many queries it then has.
    package static let hugeCount = 3_000_000
    private static let manyQueries = 2048

    public init(entries: [IndexEntry]) { self.init(entries: entries, kernels: .active) }

    /// - Parameter hugeCount: for tests.
    package init(entries: [IndexEntry], kernels: Kernels, hugeCount: Int = Self.hugeCount) {
        precondition(entries.count <= Int(UInt32.max), "rows are counted in 32 bits")
        (self.kernels, self.hugeCount) = (kernels, hugeCount)
        layout = BandLayout(count: entries.count)
        memory = IndexMemory(count: layout.byteCount)
        bands = layout.bands(of: memory.base)
        table = EntryTable(entries)
        let codes = (memory.base + layout.codes).assumingMemoryBound(to: Hash256.self)
        for (row, entry) in entries.enumerated() { codes[row] = entry.hash.bandCode }
        buildBands(of: layout, at: memory.base)
    }

    /// How many entries there are.
    public var count: Int { layout.count }

    private var codes: UnsafePointer<UInt64> {
        UnsafeRawPointer(memory.base + layout.codes).assumingMemoryBound(to: UInt64.self)
    }

    /// Every entry within `radius` bits (inclusive) of each query: by query, then in the order of the entries.
    ///
    /// - Precondition: `radius` is in 0...64.
    public func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        let plan = ProbePlan.of(radius: radius)
        guard count > 0 else { return [] }
        if queries.count <= Self.fewQueries {
            var hits: [IndexHit] = []
            for (number, query) in queries.enumerated() { lookUp(query, UInt32(number), plan, into: &hits) }
            return hits
        }
        var hits = join(queries.map(\.bandCode), plan)
        hits.sort { ($0.query, $0.row) < ($1.query, $1.row) }
        return hits.map { table.hit(query: $0.query, row: $0.row, distance: $0.distance) }
    }

    /// One query, by row.
    private func lookUp(_ query: Hash256, _ number: UInt32, _ plan: ProbePlan, into hits: inout [IndexHit]) {
        let found = withUnsafeBytes(of: query.bandCode) { raw in
            let code = raw.assumingMemoryBound(to: UInt64.self).baseAddress!
            return withUnsafePointer(to: plan.kernelPlan) { kernelPlan in
                Self.gather(2048) { candidates, capacity in
                    kernels.table.pointee.look_up(
                        code, bands, kernelPlan, ProbePlan.masks, isLarge, candidates, capacity)
                } then: { candidates in
                    candidates.isEmpty ? [] : verified(candidates, band: -1, code, kernelPlan)
                }
            }
        }
        guard !found.isEmpty else { return }
        for hit in found.count > 1 ? found.sorted(by: { $0.row < $1.row }) : found {
            hits.append(table.hit(query: number, row: hit.row, distance: hit.distance))
        }
    }

    private var isLarge: Int32 { count >= Self.largeCount ? 1 : 0 }

    /// Many queries, band by band, so that each band's buckets are walked in order.
    private func join(_ codes: [Hash256], _ plan: ProbePlan) -> [ck_hit] {
        var hits: [ck_hit] = []
        codes.withUnsafeBytes { raw in
            let queries = raw.assumingMemoryBound(to: UInt64.self).baseAddress!
            withUnsafePointer(to: plan.kernelPlan) { kernelPlan in
                let readsOnce = count >= hugeCount && codes.count >= Self.manyQueries
                for band in plan.bands {
                    if readsOnce {
                        let visits = sortedVisits(codes, band, plan)
                        hits += Self.gather(1024 + 64 * codes.count) { candidates, capacity in
                            kernels.table.pointee.visit_band(
                                visits, visits.count, bands.withUnsafeBufferPointer { $0.baseAddress! + band },
                                candidates, capacity)
                        } then: { candidates in
                            verified(candidates, band: Int32(band), queries, kernelPlan)
                        }
                        continue
                    }
                    let probes = sortedProbes(codes, band)
                    hits += Self.gather(1024 + 4 * codes.count) { candidates, capacity in
                        kernels.table.pointee.probe_band(
                            probes, probes.count, bands.withUnsafeBufferPointer { $0.baseAddress! + band },
                            ProbePlan.masks, plan.maskCount(band), plan.bound(band), isLarge, candidates, capacity)
                    } then: { candidates in
                        verified(candidates, band: Int32(band), queries, kernelPlan)
                    }
                }
            }
        }
        return hits
    }

    private func verified(
        _ candidates: UnsafeBufferPointer<ck_candidate>, band: Int32, _ queries: UnsafePointer<UInt64>,
        _ plan: UnsafePointer<ck_plan>
    ) -> [ck_hit] {
        // Few candidates are hits, so they find room here first.
        withUnsafeTemporaryAllocation(of: ck_hit.self, capacity: candidates.count) { room in
            let found = kernels.table.pointee.verify(
                candidates.baseAddress, candidates.count, bands, band, codes, queries, plan, room.baseAddress,
                room.count)
            return Array(room[..<found])
        }
    }

    /// Room for `capacity` candidates, or for as many as there turn out to be.
    private static func gather<R>(
        _ capacity: Int, _ fill: (UnsafeMutablePointer<ck_candidate>, Int) -> Int,
        then use: (UnsafeBufferPointer<ck_candidate>) -> R
    ) -> R {
        var capacity = capacity
        while true {
            var missing = 0
            let result = withUnsafeTemporaryAllocation(of: ck_candidate.self, capacity: capacity) { room -> R? in
                let count = fill(room.baseAddress!, capacity)
                guard count <= capacity else {
                    missing = count
                    return nil
                }
                return use(UnsafeBufferPointer(rebasing: room[..<count]))
            }
            if let result { return result }
            capacity = missing
        }
    }
}

/// The queries of a band, by the upper half of their value: close enough to order for the caches.
private func sortedProbes(_ codes: [Hash256], _ band: Int) -> [ck_probe] {
    var starts = [Int](repeating: 0, count: 257)
    for code in codes { starts[Int(code.band(band) >> 8) + 1] += 1 }
    for value in 0..<256 { starts[value + 1] += starts[value] }
    return [ck_probe](unsafeUninitializedCapacity: codes.count) { probes, count in
        for (number, code) in codes.enumerated() {
            let value = code.band(band)
            let place = starts[Int(value >> 8)]
            starts[Int(value >> 8)] += 1
            probes[place] = ck_probe(value: value, next: code.band((band + 1) % 16), query: UInt32(number))
        }
        count = codes.count
    }
}

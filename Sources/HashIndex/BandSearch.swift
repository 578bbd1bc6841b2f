import CKernels
import MediaModel

/// The look-up in the codes and bands of one block of memory.
package struct BandSearch: @unchecked Sendable {  // the memory is only read
    let layout: BandLayout
    /// The owner of the search keeps the block.
    private let base: UnsafeRawPointer
    private let bands: [ck_band]
    private let kernels: Kernels
    private let hugeCount: Int

    /// Queries that are looked up one by one: sorting fewer does not pay.
    private static let fewQueries = 24
    /// Entries from which on a band's buckets outgrow the caches.
    private static let largeCount = 200_000
    /// Entries from which on a batch pays for sorting the buckets that it visits, and how many queries it then has.
    package static let hugeCount = 3_000_000
    private static let manyQueries = 2048

    init(layout: BandLayout, base: UnsafeRawPointer, kernels: Kernels, hugeCount: Int = Self.hugeCount) {
        (self.layout, self.base, self.kernels, self.hugeCount) = (layout, base, kernels, hugeCount)
        bands = layout.bands(of: base)
    }

    func plan(radius: Int) -> ProbePlan { ProbePlan.of(radius: radius, bucketBits: layout.bucketBits) }

    private var codes: UnsafePointer<UInt64> { (base + layout.codes).assumingMemoryBound(to: UInt64.self) }
    private var isLarge: Int32 { layout.count >= Self.largeCount ? 1 : 0 }

    /// Every row within `radius` bits of each query: by query, then by row.
    ///
    /// - Precondition: `radius` is in 0...64; the block is sound.
    func hits(_ queries: [Hash256], radius: Int) -> [ck_hit] {
        let plan = plan(radius: radius)
        guard layout.count > 0 else { return [] }
        guard queries.count <= Self.fewQueries else {
            var hits = join(queries.map(\.bandCode), plan)
            hits.sort { ($0.query, $0.row) < ($1.query, $1.row) }
            return hits
        }
        var hits: [ck_hit] = []
        for (number, query) in queries.enumerated() {
            hits += lookUp(query.bandCode, UInt32(number), plan) { _ in }
        }
        return hits
    }

    /// One query, by row.
    ///
    /// - Parameter inspect: sees the candidates, whose `query` is their band, before their rows and codes are read.
    func lookUp<E: Error>(
        _ query: Hash256, _ number: UInt32, _ plan: ProbePlan,
        inspect: (UnsafeBufferPointer<ck_candidate>) throws(E) -> Void
    ) throws(E) -> [ck_hit] {
        var failure: E?
        var found = withUnsafeBytes(of: query) { raw in
            let code = raw.assumingMemoryBound(to: UInt64.self).baseAddress!
            return withUnsafePointer(to: plan.kernelPlan) { kernelPlan in
                Self.gather(2048) { candidates, capacity in
                    kernels.table.pointee.look_up(
                        code, bands, kernelPlan, plan.masks, isLarge, candidates, capacity)
                } then: { candidates -> [ck_hit] in
                    guard !candidates.isEmpty else { return [] }
                    do throws(E) { try inspect(candidates) } catch {
                        failure = error
                        return []
                    }
                    return verified(candidates, band: -1, code, kernelPlan)
                }
            }
        }
        if let failure { throw failure }
        if found.count > 1 { found.sort { $0.row < $1.row } }
        for i in found.indices { found[i].query = number }
        return found
    }

    /// Every row by an unbroken scan, for radii at which buckets don't pay: by query, then by row.
    func scan(_ queries: [Hash256], radius: Int) -> [ck_hit] {
        let queries = queries.map(\.bandCode)
        var capacity = 64
        while true {
            var found = 0
            let hits = [ck_hit](unsafeUninitializedCapacity: capacity) { out, count in
                found = queries.withUnsafeBytes { raw in
                    kernels.table.pointee.scan256(
                        raw.assumingMemoryBound(to: UInt64.self).baseAddress, queries.count, codes, layout.count,
                        UInt32(radius), out.baseAddress, capacity)
                }
                count = min(found, capacity)
            }
            if found <= capacity { return hits }
            capacity = found
        }
    }

    /// Many queries, band by band, so that each band's buckets are walked in order.
    private func join(_ codes: [Hash256], _ plan: ProbePlan) -> [ck_hit] {
        var hits: [ck_hit] = []
        codes.withUnsafeBytes { raw in
            let queries = raw.assumingMemoryBound(to: UInt64.self).baseAddress!
            withUnsafePointer(to: plan.kernelPlan) { kernelPlan in
                let readsOnce = layout.count >= hugeCount && codes.count >= Self.manyQueries
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
                    let probes = sortedProbes(codes, band, shift: layout.shift)
                    hits += Self.gather(1024 + 4 * codes.count) { candidates, capacity in
                        kernels.table.pointee.probe_band(
                            probes, probes.count, bands.withUnsafeBufferPointer { $0.baseAddress! + band },
                            plan.masks, plan.maskCount(band), plan.bound(band), isLarge, candidates, capacity)
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
private func sortedProbes(_ codes: [Hash256], _ band: Int, shift: Int) -> [ck_probe] {
    var starts = [Int](repeating: 0, count: 257)
    for code in codes { starts[Int(code.band(band) >> 8) + 1] += 1 }
    for value in 0..<256 { starts[value + 1] += starts[value] }
    return [ck_probe](unsafeUninitializedCapacity: codes.count) { probes, count in
        for (number, code) in codes.enumerated() {
            let value = code.band(band)
            let place = starts[Int(value >> 8)]
            starts[Int(value >> 8)] += 1
            probes[place] = ck_probe(
                bucket: value >> UInt16(shift), next: code.band((band + 1) % 16), query: UInt32(number))
        }
        count = codes.count
    }
}

/// What one look-up costs in the two indexes in memory, in nanoseconds of CPU time: what it does, times what that was
/// measured to take (`ansim-benchmark index-kinds`, least squares; AVX2, batches). Which index a set gets follows from it.
///
/// Hashes are taken for evenly distributed, as photos' hashes nearly are in bands of mixed bits.
package struct SearchCost: Sendable, Hashable {
    /// Rows that are compared whole; of a flat index all.
    package let rows: Double
    /// Buckets that are opened, and sketches in them that are compared.
    package let buckets: Double
    package let sketches: Double

    package init(flat entries: Int) { (rows, buckets, sketches) = (Double(entries), 0, 0) }

    /// - Precondition: `radius` is in 0...64.
    package init(multi entries: Int, radius: Int) {
        let layout = BandLayout(count: entries)
        let plan = ProbePlan.of(radius: radius, bucketBits: layout.bucketBits)
        let inBucket = Double(entries) / Double(layout.buckets)
        var (rows, buckets) = (0.0, 0.0)
        for band in plan.bands {
            // Masks come by their number of bits.
            var (left, bits, masks) = (plan.maskCount(band), 0, 1)
            while left > 0 {
                buckets += Double(masks)
                rows += Double(masks) * inBucket * Self.nearSketches[max(0, Int(plan.bound(band)) - bits)]
                left -= masks
                masks = masks * (layout.bucketBits - bits) / (bits + 1)
                bits += 1
            }
        }
        (self.rows, self.buckets, sketches) = (rows, buckets, buckets * inBucket)
    }

    /// Of the values of 16 bits, the part within so many bits of any one.
    private static let nearSketches: [Double] = {
        var (ways, sum) = (1.0, 0.0)
        return (0...32).map { distance in
            if distance <= 16 {
                sum += ways
                ways = ways * Double(16 - distance) / Double(distance + 1)
            }
            return sum / 65536
        }
    }()

    /// Of one query of a batch.
    package func nanoseconds(_ kind: IndexKind) -> Double {
        switch kind {
        case .flat: rows * 1.45
        // Its rows lie anywhere, and several bands may lead to each.
        case .multi: 150 + buckets * 3.4 + sketches * 0.67 + rows * 54
        }
    }
}

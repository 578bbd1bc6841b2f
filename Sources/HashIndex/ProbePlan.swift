import CKernels

/// How far a look-up of a radius goes in each band.
struct ProbePlan: @unchecked Sendable {
    static let maximumRadius = 64

    let kernelPlan: ck_plan
    /// Bands that are looked at.
    let bands: [Int]

    /// All masks of a bucket's bits with up to four of them, fewest first.
    let masks: [UInt16]
    /// Lower bits of a band's value that don't tell its bucket.
    let shift: UInt16

    /// By the bits of a bucket, from 8 on, and by radius.
    private static let plans = (8...BandLayout.valueBits).map { bits in
        let masks = (0...UInt16.max >> UInt16(BandLayout.valueBits - bits)).filter { $0.nonzeroBitCount <= 4 }
            .sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }
        let counts = (0...4).map { weight in masks.count { $0.nonzeroBitCount <= weight } }
        return (0...maximumRadius).map { ProbePlan($0, masks, counts, shift: BandLayout.valueBits - bits) }
    }

    /// - Precondition: `radius` is in 0...64, `bucketBits` in 8...16.
    static func of(radius: Int, bucketBits: Int) -> ProbePlan {
        precondition((0...maximumRadius).contains(radius))
        return plans[bucketBits - 8][radius]
    }

    private init(_ radius: Int, _ masks: [UInt16], _ maskCounts: [Int], shift: Int) {
        (self.masks, self.shift) = (masks, UInt16(shift))
        // The sum of (limit + 1) over the bands is radius + 1.
        let (all, some) = ((radius + 1) / 16, (radius + 1) % 16)
        let limits = (0..<BandLayout.bands).map { $0 < some ? all : all - 1 }
        var plan = ck_plan()
        (plan.radius, plan.shift) = (UInt32(radius), UInt32(shift))
        withUnsafeMutableBytes(of: &plan.limits) { raw in
            let out = raw.bindMemory(to: Int32.self)
            for band in limits.indices { out[band] = Int32(limits[band]) }
        }
        withUnsafeMutableBytes(of: &plan.bounds) { raw in
            let out = raw.bindMemory(to: UInt32.self)
            for band in limits.indices { out[band] = UInt32(max(0, 1 + limits[band] + limits[(band + 1) % 16])) }
        }
        withUnsafeMutableBytes(of: &plan.mask_counts) { raw in
            let out = raw.bindMemory(to: UInt32.self)
            for band in limits.indices { out[band] = limits[band] < 0 ? 0 : UInt32(maskCounts[limits[band]]) }
        }
        kernelPlan = plan
        bands = limits.indices.filter { limits[$0] >= 0 }
    }

    func maskCount(_ band: Int) -> Int {
        withUnsafeBytes(of: kernelPlan.mask_counts) { Int($0.bindMemory(to: UInt32.self)[band]) }
    }

    func bound(_ band: Int) -> UInt32 {
        withUnsafeBytes(of: kernelPlan.bounds) { $0.bindMemory(to: UInt32.self)[band] }
    }
}

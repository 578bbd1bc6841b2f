import CKernels

/// How far a look-up of a radius goes in each band.
struct ProbePlan: @unchecked Sendable {
    static let maximumRadius = 64

    let kernelPlan: ck_plan
    /// Bands that are looked at.
    let bands: [Int]

    /// All masks of 16 bits with up to four bits, fewest first.
    static let masks: [UInt16] = (0...UInt16.max).filter { $0.nonzeroBitCount <= 4 }
        .sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }

    private static let plans = (0...maximumRadius).map { ProbePlan($0) }

    /// - Precondition: `radius` is in 0...64.
    static func of(radius: Int) -> ProbePlan {
        precondition((0...maximumRadius).contains(radius))
        return plans[radius]
    }

    private init(_ radius: Int) {
        // The sum of (limit + 1) over the bands is radius + 1.
        let (all, some) = ((radius + 1) / 16, (radius + 1) % 16)
        let limits = (0..<BandLayout.bands).map { $0 < some ? all : all - 1 }
        let maskCounts = (0...4).map { weight in Self.masks.count { $0.nonzeroBitCount <= weight } }
        var plan = ck_plan()
        plan.radius = UInt32(radius)
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

import CKernels
public import MediaModel

extension LumaGrid {
    /// PDQ's quality: the truncated steps between neighbours, summed (SPEC 1.7).
    public var quality: Quality { quality() }

    package func quality(kernels: Kernels = .active) -> Quality {
        Quality(rawValue: min(100, Int(kernels.table.pointee.grid_steps(values)) / 90))
    }
}

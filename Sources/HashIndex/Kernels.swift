package import CKernels

/// A table of kernels, to be chosen by tests; everyone else takes the active one.
package struct Kernels: @unchecked Sendable {  // the table is written once, before it is handed out
    package let table: UnsafePointer<ck_kernels>

    /// What this CPU does best, or what ANSIM_KERNEL_LEVEL asks for.
    package static let active = Kernels(table: ck_active_kernels())

    /// The table of one level; nil when this CPU lacks it.
    package init?(level: ck_level) {
        guard ck_has_level(level) != 0 else { return nil }
        table = ck_kernels_for(level)
    }

    private init(table: UnsafePointer<ck_kernels>) { self.table = table }
}

/// The level that ANSIM_KERNEL_LEVEL asks for can't be had.
public struct KernelLevelError: Error, CustomStringConvertible {
    public let description: String
}

/// Checks ANSIM_KERNEL_LEVEL, and returns the level in use: `portable`, `popcnt`, `avx2`, `avx512` or `neon`.
public func requestedKernelLevel() throws(KernelLevelError) -> String {
    var level = ck_level.CK_PORTABLE
    guard ck_requested_level(&level) == 0 else {
        let available = [ck_level.CK_PORTABLE, .CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON]
            .filter { ck_has_level($0) != 0 }.map { String(cString: ck_level_name($0)) }
        throw KernelLevelError(
            description: "ANSIM_KERNEL_LEVEL names no level of this CPU; it has \(available.joined(separator: ", ")).")
    }
    return String(cString: ck_level_name(level))
}

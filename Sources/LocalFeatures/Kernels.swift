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

import Glibc

/// Memory of an index: aligned to pages, zeroed, in large pages where the system has them.
final class IndexMemory: @unchecked Sendable {  // written while it is built, then only read
    let base: UnsafeMutableRawPointer
    let count: Int

    /// - Precondition: `count` is over 0. Ends the process when the system has no memory left, as an array would.
    init(count: Int) {
        let pages = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages, pages != MAP_FAILED else { fatalError("no memory for an index of \(count) bytes") }
        (base, self.count) = (pages, count)
        // A look-up reads from hundreds of places: with small pages, finding these would cost more than reading them.
        if count >= 4 << 20 { madvise(base, count, MADV_HUGEPAGE) }
    }

    deinit { munmap(base, count) }
}

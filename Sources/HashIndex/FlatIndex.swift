import CKernels
public import MediaModel

/// Exact search by an unbroken linear scan: the fastest for small sets, and the oracle
/// for every other index.
///
/// 32 bytes of hash and 13 of entry each. Immutable, so shared freely between threads.
public struct FlatIndex: Sendable {
    /// Row i of the table that the kernel scans; `Hash256` is four words without padding.
    private let hashes: [Hash256]
    private let table: EntryTable
    private let kernels: Kernels

    public init(entries: [IndexEntry]) { self.init(entries: entries, kernels: .active) }

    package init(entries: [IndexEntry], kernels: Kernels) {
        precondition(entries.count <= Int(UInt32.max), "the kernel counts rows in 32 bits")
        hashes = entries.map(\.hash)
        table = EntryTable(entries)
        self.kernels = kernels
    }

    /// How many entries there are.
    public var count: Int { hashes.count }

    /// Every entry within `radius` bits (inclusive) of each query: by query, then in the order of the entries.
    ///
    /// - Precondition: `radius` is in 0...256.
    public func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        precondition((0...256).contains(radius))
        guard !queries.isEmpty, !hashes.isEmpty else { return [] }
        // A first guess that nearly always fits; the kernel counts on past it.
        var capacity = 64
        while true {
            let (hits, found) = scan(queries, hashes, radius: radius, capacity: capacity, kernels)
            guard found > capacity else {
                return hits.map { table.hit(query: $0.query, row: $0.row, distance: $0.distance) }
            }
            capacity = found
        }
    }

    func frames(of reference: ReferenceID, atMost limit: Int) -> [Hash256] {
        table.frames(of: reference, atMost: limit).map { hashes[$0] }
    }
}

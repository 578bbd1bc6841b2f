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
public struct MultiIndex: Sendable {
    /// What `search` reads.
    private let memory: IndexMemory
    private let search: BandSearch
    private let table: EntryTable

    public init(entries: [IndexEntry]) { self.init(entries: entries, kernels: .active) }

    /// - Parameter hugeCount: for tests.
    package init(entries: [IndexEntry], kernels: Kernels, hugeCount: Int = BandSearch.hugeCount) {
        precondition(entries.count <= Int(UInt32.max), "rows are counted in 32 bits")
        let layout = BandLayout(count: entries.count)
        memory = IndexMemory(count: layout.end)
        table = EntryTable(entries)
        let codes = (memory.base + layout.codes).assumingMemoryBound(to: Hash256.self)
        for (row, entry) in entries.enumerated() { codes[row] = entry.hash.bandCode }
        buildBands(of: layout, at: memory.base)
        search = BandSearch(layout: layout, base: memory.base, kernels: kernels, hugeCount: hugeCount)
    }

    /// How many entries there are.
    public var count: Int { search.layout.count }

    /// Every entry within `radius` bits (inclusive) of each query: by query, then in the order of the entries.
    ///
    /// - Precondition: `radius` is in 0...64.
    public func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        search.hits(queries, radius: radius).map { table.hit(query: $0.query, row: $0.row, distance: $0.distance) }
    }

    func frames(of reference: ReferenceID, atMost limit: Int) -> [Hash256] {
        let codes = (memory.base + search.layout.codes).assumingMemoryBound(to: Hash256.self)
        return table.frames(of: reference, atMost: limit).map { Hash256(bandCode: codes[$0]) }
    }
}

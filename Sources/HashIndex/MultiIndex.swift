public import MediaModel

/// Exact search by multi-index hashing with the general pigeonhole principle.
///
/// The 256 bits are cut into 16 bands of 16. Each band i gets a threshold t(i) so that the sum of
/// t(i) + 1 is radius + 1: two hashes within the radius then differ by at most t(i) in
/// some band, for otherwise the bands alone would add up to more. So a look-up visits, in each
/// band, the buckets within t(i) of the query's value, and checks what lies there.
/// (Norouzi, Punjani, Fleet: "Fast Exact Search in Hamming Space with Multi-Index Hashing", PAMI 2014;
/// Qin et al.: "GPH: Similarity Search in Hamming Space", ICDE 2018.)
///
/// 41 bytes of entry and 64 of buckets for each, and 4 MB. Immutable, so shared freely between threads.
public struct MultiIndex: Sendable {
    private static let bands = 16
    private static let buckets = 1 << 16

    private let hashes: [Hash256]
    private let references: [ReferenceID]
    private let orientations: [Dihedral]
    /// Band by band: where each bucket's rows start in `rows`; one more than there are buckets.
    private let starts: [UInt32]
    /// Band by band: the rows in the order of their value.
    private let rows: [UInt32]

    public init(entries: some Collection<IndexEntry>) {
        precondition(entries.count <= Int(UInt32.max), "rows are counted in 32 bits")
        let hashes = entries.map(\.hash)
        var starts = [UInt32](repeating: 0, count: Self.bands * (Self.buckets + 1))
        var rows = [UInt32](repeating: 0, count: Self.bands * hashes.count)
        for band in 0..<Self.bands {
            let first = band * (Self.buckets + 1)
            // A counting sort by the band's value.
            for hash in hashes { starts[first + Int(hash.band(band)) + 1] += 1 }
            for bucket in 0..<Self.buckets { starts[first + bucket + 1] += starts[first + bucket] }
            var next = Array(starts[first..<first + Self.buckets])
            for (row, hash) in hashes.enumerated() {
                let bucket = Int(hash.band(band))
                rows[band * hashes.count + Int(next[bucket])] = UInt32(row)
                next[bucket] += 1
            }
        }
        self.hashes = hashes
        references = entries.map(\.reference)
        orientations = entries.map(\.orientation)
        (self.starts, self.rows) = (starts, rows)
    }

    /// How many entries there are.
    public var count: Int { hashes.count }

    /// Every entry within `radius` bits (inclusive) of each query: by query, then in the order of the entries.
    ///
    /// - Precondition: `radius` is in 0...63.
    public func search(_ queries: [Hash256], radius: Int) -> [IndexHit] {
        let plan = ProbePlan(radius: radius)
        var hits: [IndexHit] = []
        var found: [(row: UInt32, distance: Int)] = []
        hashes.withUnsafeBufferPointer { hashes in
            starts.withUnsafeBufferPointer { starts in
                rows.withUnsafeBufferPointer { rows in
                    for (number, query) in queries.enumerated() {
                        found.removeAll(keepingCapacity: true)
                        look(for: query, plan, hashes, starts, rows, into: &found)
                        if found.count > 1 { found.sort { $0.row < $1.row } }
                        for hit in found {
                            hits.append(
                                IndexHit(
                                    query: number, reference: references[Int(hit.row)],
                                    orientation: orientations[Int(hit.row)], distance: hit.distance))
                        }
                    }
                }
            }
        }
        return hits
    }

    private func look(
        for query: Hash256, _ plan: ProbePlan, _ hashes: UnsafeBufferPointer<Hash256>,
        _ starts: UnsafeBufferPointer<UInt32>, _ rows: UnsafeBufferPointer<UInt32>,
        into found: inout [(row: UInt32, distance: Int)]
    ) {
        for band in 0..<Self.bands {
            let value = query.band(band)
            let first = starts.baseAddress! + band * (Self.buckets + 1)
            let bandRows = rows.baseAddress! + band * hashes.count
            for mask in plan.masks(of: band) {
                let bucket = Int(value ^ mask)
                var at = Int(first[bucket])
                let end = Int(first[bucket + 1])
                while at < end {
                    let row = bandRows[at]
                    at += 1
                    let candidate = hashes[Int(row)]
                    let distance = candidate.distance(to: query)
                    // Several bands lead to a match: the first of them reports it.
                    guard distance <= plan.radius, plan.isFirst(band, candidate, query) else { continue }
                    found.append((row, distance))
                }
            }
        }
    }
}

/// How far a look-up goes in each band.
private struct ProbePlan {
    let radius: Int
    /// Largest distance in each band; -1 leaves a band out.
    private let thresholds: [Int]
    /// All masks of 16 bits with at most so many bits, fewest first.
    private let masksWithin: [[UInt16]]

    init(radius: Int) {
        precondition((0...63).contains(radius))
        self.radius = radius
        // The sum of (threshold + 1) over 16 bands is radius + 1.
        let (all, some) = ((radius + 1) / 16, (radius + 1) % 16)
        thresholds = (0..<16).map { $0 < some ? all : all - 1 }
        let byWeight = (0...4).map { weight in (0...UInt16.max).filter { $0.nonzeroBitCount == weight } }
        masksWithin = (0...4).map { Array(byWeight[0...$0].joined()) }
    }

    func masks(of band: Int) -> [UInt16] { thresholds[band] < 0 ? [] : masksWithin[thresholds[band]] }

    /// Whether no band before `band` leads from one to the other.
    func isFirst(_ band: Int, _ a: Hash256, _ b: Hash256) -> Bool {
        for earlier in 0..<band
        where (a.band(earlier) ^ b.band(earlier)).nonzeroBitCount <= thresholds[earlier] {
            return false
        }
        return true
    }
}

extension Hash256 {
    /// Bits 16 * band ... 16 * band + 15.
    fileprivate func band(_ band: Int) -> UInt16 {
        let word =
            switch band >> 2 {
            case 0: word0
            case 1: word1
            case 2: word2
            default: word3
            }
        return UInt16(truncatingIfNeeded: word >> UInt64(16 * (band & 3)))
    }
}

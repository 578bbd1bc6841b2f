import CKernels
package import MediaModel

/// A hash of one list and one of another that lie near each other.
package struct NearPair: Sendable, Hashable {
    /// Which one of the queries.
    package let query: Int
    package let row: Int
    /// In bits.
    package let distance: Int
}

/// Every pair within `radius` bits (inclusive): by query, then by row.
///
/// - Parameter expected: how many there will be; more cost a second pass.
/// - Precondition: `radius` is in 0...256.
package func nearPairs(
    _ queries: [Hash256], _ rows: [Hash256], radius: Int, expected: Int = 64, kernels: Kernels = .active
) -> [NearPair] {
    precondition((0...256).contains(radius))
    guard !queries.isEmpty, !rows.isEmpty else { return [] }
    var capacity = expected
    while true {
        let (hits, found) = scan(queries, rows, radius: radius, capacity: capacity, kernels)
        guard found > capacity else {
            return hits.map { NearPair(query: Int($0.query), row: Int($0.row), distance: Int($0.distance)) }
        }
        capacity = found
    }
}

/// As many pairs as there is room for, and how many there are. `Hash256` is four words without padding.
func scan(
    _ queries: [Hash256], _ rows: [Hash256], radius: Int, capacity: Int, _ kernels: Kernels
) -> (hits: [ck_hit], found: Int) {
    var found = 0
    let hits = [ck_hit](unsafeUninitializedCapacity: capacity) { out, count in
        found = queries.withUnsafeBytes { queryBytes in
            rows.withUnsafeBytes { rowBytes in
                kernels.table.pointee.scan256(
                    queryBytes.assumingMemoryBound(to: UInt64.self).baseAddress, queries.count,
                    rowBytes.assumingMemoryBound(to: UInt64.self).baseAddress, rows.count,
                    UInt32(radius), out.baseAddress, capacity)
            }
        }
        count = min(found, capacity)
    }
    return (hits, found)
}

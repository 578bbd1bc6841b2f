/// The corners that are described, in an order of which every beginning keeps the mix of sizes and places.
///
/// Levels go two by two; each pair has a share, and spreads it over a grid of 6 x 6 by strength. Large and small corners
/// are both wanted: a copy may be a quarter of the picture, or enlarged.
func selected(_ corners: [Corner], levels: [Pyramid.Level], count: Int) -> [Corner] {
    let shares: [Float] = [0.36, 0.30, 0.20, 0.14]
    var cells = [[[SortedCorner]]](repeating: [[SortedCorner]](repeating: [], count: side * side), count: 4)
    for corner in corners {
        let level = levels[corner.level]
        let cell = corner.y * side / level.height * side + corner.x * side / level.width
        cells[corner.level / 2][cell].append(SortedCorner(corner))
    }
    let groups = cells.map { spread($0, count: count) }
    var order: [(place: Float, group: Int, index: Int)] = []
    for (group, members) in groups.enumerated() {
        for index in members.indices { order.append(((Float(index) + 0.5) / shares[group], group, index)) }
    }
    order.sort { ($0.place, $0.group) < ($1.place, $1.group) }
    return order.prefix(count).map { groups[$0.group][$0.index].corner }
}

/// Cells along each side of a level.
private let side = 6

/// The strongest of each cell first, then the second of each.
private func spread(_ cells: [[SortedCorner]], count: Int) -> [SortedCorner] {
    let cells = cells.map { $0.sorted() }
    var ranked: [SortedCorner] = []
    var rank = 0
    while ranked.count < count {
        let next = cells.compactMap { rank < $0.count ? $0[rank] : nil }
        if next.isEmpty { break }
        ranked += next.sorted()
        rank += 1
    }
    return Array(ranked.prefix(count))
}

/// A corner as one number, the stronger the less; of equal ones by level, then row.
private struct SortedCorner: Comparable {
    private let key: UInt64

    init(_ corner: Corner) {
        let bits = corner.response.bitPattern
        // Floats in the order of unsigned numbers, turned over.
        let strength = bits >> 31 == 1 ? bits : ~(bits | 1 << 31)
        key = UInt64(strength) << 32 | UInt64(corner.level << 28 | corner.y << 14 | corner.x)
    }

    var corner: Corner {
        let place = Int(truncatingIfNeeded: key & 0xFFFF_FFFF)
        return Corner(
            level: place >> 28, x: place & 0x3FFF, y: place >> 14 & 0x3FFF, response: 0)
    }

    static func < (a: SortedCorner, b: SortedCorner) -> Bool { a.key < b.key }
}

/// The corners that are described, in an order of which every beginning keeps the mix of sizes and places.
///
/// Levels go two by two; each pair has a share, and spreads it over a grid of 6 x 6 by strength. Large and small corners
/// are both wanted: a copy may be a quarter of the picture, or enlarged.
func selected(_ corners: [Corner], levels: [Pyramid.Level], count: Int) -> [Corner] {
    let shares: [Float] = [0.36, 0.30, 0.20, 0.14]
    let groups = (0..<4).map { group in spread(corners.filter { $0.level / 2 == group }, levels) }
    var order: [(place: Float, group: Int, index: Int)] = []
    for (group, members) in groups.enumerated() {
        for index in members.indices.prefix(count) {
            order.append(((Float(index) + 0.5) / shares[group], group, index))
        }
    }
    order.sort { ($0.place, $0.group) < ($1.place, $1.group) }
    return order.prefix(count).map { groups[$0.group][$0.index] }
}

/// The strongest of each cell first, then the second of each.
private func spread(_ corners: [Corner], _ levels: [Pyramid.Level]) -> [Corner] {
    let side = 6
    var cells = [[Corner]](repeating: [], count: side * side)
    for corner in corners {
        let level = levels[corner.level]
        cells[corner.y * side / level.height * side + corner.x * side / level.width].append(corner)
    }
    var ranked: [(rank: Int, corner: Corner)] = []
    for cell in cells {
        let sorted = cell.sorted {
            ($1.response, $0.level, $0.y, $0.x) < ($0.response, $1.level, $1.y, $1.x)
        }
        for (rank, corner) in sorted.enumerated() { ranked.append((rank, corner)) }
    }
    ranked.sort {
        ($0.rank, $1.corner.response, $0.corner.level, $0.corner.y, $0.corner.x)
            < ($1.rank, $0.corner.response, $1.corner.level, $1.corner.y, $1.corner.x)
    }
    return ranked.map(\.corner)
}

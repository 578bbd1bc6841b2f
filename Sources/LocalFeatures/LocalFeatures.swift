public import MediaModel

/// The strongest local features of a picture: corners at several scales, spread over the picture, each with the direction
/// of its surroundings and a 256-bit descriptor (Rublee et al.: "ORB: an efficient alternative to SIFT or SURF", ICCV
/// 2011; Rosten, Drummond: "Machine Learning for High-Speed Corner Detection", ECCV 2006).
///
/// - Parameters:
///   - luma: `height` rows of `width` bytes, `stride` apart.
///   - maximumCount: of the features; any prefix of the result keeps the mix of scales and places.
///   - mirrored: those of the picture mirrored left to right; places are the picture's own all the same, angles the
///     mirrored one's.
public func localFeatures(
    luma: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int, maximumCount: Int, mirrored: Bool = false
) -> [LocalFeature] {
    let base = [UInt8](unsafeUninitializedCapacity: width * height) { out, count in
        for y in 0..<height {
            let row = luma + y * stride
            for x in 0..<width { out[y * width + x] = row[mirrored ? width - 1 - x : x] }
        }
        count = width * height
    }
    let levels = Level.pyramid(base, width: width, height: height)
    let corners = levels.enumerated().flatMap { number, level in level.corners(number) }
    let chosen = selected(corners, width: width, height: height, count: maximumCount)
    let longer = Double(max(width, height))
    return chosen.map { corner in
        let level = levels[corner.level]
        let direction = level.direction(x: corner.x, y: corner.y)
        let (x, y) = ((Double(corner.x) + 0.5) * level.scale, (Double(corner.y) + 0.5) * level.scale)
        func share(_ value: Double) -> UInt16 { UInt16(min(65535, max(0, (value * 65536).rounded(.down)))) }
        let across = x / Double(width)
        return LocalFeature(
            x: share(mirrored ? 1 - across : across), y: share(y / Double(height)),
            radius: share(Double(Level.patchRadius) * level.scale / longer), angle: UInt16(direction) << 10,
            descriptor: level.descriptor(x: corner.x, y: corner.y, direction: direction))
    }
}

struct Corner {
    let level: Int
    /// Pixels of the level.
    let x: Int
    let y: Int
    let strength: Float
}

/// Shares of the features for each two neighbouring levels, finest first.
private let groupShares = [0.36, 0.30, 0.20, 0.14]
/// Cells a side over which each group is spread.
private let cells = 6

/// The strongest of each cell and group in turn.
private func selected(_ corners: [Corner], width: Int, height: Int, count: Int) -> [Corner] {
    var groups: [[Corner]] = []
    for group in groupShares.indices {
        var byCell = [[Corner]](repeating: [], count: cells * cells)
        for corner in corners where corner.level / 2 == group {
            let scale = Level.scales[corner.level]
            let column = min(cells - 1, Int(Double(corner.x) * scale * Double(cells) / Double(width)))
            let row = min(cells - 1, Int(Double(corner.y) * scale * Double(cells) / Double(height)))
            byCell[row * cells + column].append(corner)
        }
        for cell in byCell.indices {
            byCell[cell].sort { ($0.strength, $1.y, $1.x) > ($1.strength, $0.y, $0.x) }
        }
        // Round after round, the best of every cell, the strongest first.
        var (ordered, round) = ([Corner](), 0)
        while true {
            let best = byCell.compactMap { round < $0.count ? $0[round] : nil }
            if best.isEmpty { break }
            ordered += best.sorted { ($0.strength, $1.y, $1.x) > ($1.strength, $0.y, $0.x) }
            round += 1
        }
        groups.append(ordered)
    }
    var (result, next) = ([Corner](), [Int](repeating: 0, count: groups.count))
    while result.count < count {
        // The group that is furthest behind its share.
        let open = groups.indices.filter { next[$0] < groups[$0].count }
        let group = open.min { Double(next[$0]) / groupShares[$0] < Double(next[$1]) / groupShares[$1] }
        guard let group else { break }
        result.append(groups[group][next[group]])
        next[group] += 1
    }
    return result
}

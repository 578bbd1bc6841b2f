import MediaModel

/// What no line explains: frames that show one moment of the reference, each with the frames after it that show the
/// same.
func stillPieces(_ tables: [(Dihedral, HitTable)], policy: AlignmentPolicy, isExplained: [Bool]) -> [Piece] {
    var nearest: [Int: (table: Int, row: HitTable.Row, time: Double, distance: Int)] = [:]
    for (number, (_, table)) in tables.enumerated() {
        for row in table.rows where !isExplained[row.frame] {
            if let known = nearest[row.frame], known.distance <= row.leastDistance { continue }
            let hit = table.nearestHit(of: row)
            nearest[row.frame] = (number, row, hit.time, hit.distance)
        }
    }
    var pieces: [Piece] = []
    var open: (table: Int, moment: Double, last: HitTable.Row, agreeing: [Agreement])?
    func close() {
        guard let piece = open else { return }
        pieces.append(
            Piece(
                orientation: tables[piece.table].0, line: nil, moment: piece.moment, agreeing: piece.agreeing))
    }
    for (_, entry) in nearest.sorted(by: { $0.key < $1.key }) {
        let (number, row, time, distance) = entry
        if let piece = open, piece.table == number, !policy.isGap(piece.last, row),
            let same = tables[number].1.leastDistance(
                of: row, at: piece.moment, within: Double(policy.tolerance)), same <= distance + 3
        {
            open!.agreeing.append(Agreement(frame: row.frame, time: row.time, distance: same))
            open!.last = row
            continue
        }
        close()
        open = (number, time, row, [Agreement(frame: row.frame, time: row.time, distance: distance)])
    }
    close()
    return pieces
}

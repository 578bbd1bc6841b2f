import MediaModel

/// The lines that explain most frames, each frame by one line.
func linePieces(
    _ tables: [(Dihedral, HitTable)], policy: AlignmentPolicy, isExplained: inout [Bool]
) -> [Piece] {
    var candidates: [Candidate] = []
    var budget = lookupLimit
    for (orientation, table) in tables {
        var search = LineSearch(table, policy: policy, budget: budget)
        for found in search.run() {
            candidates.append(Candidate(table: table, orientation: orientation, found: found, policy: policy))
        }
        budget = search.budget
    }
    candidates = candidates.sorted { $0.bound > $1.bound }
    var pieces: [Piece] = []
    // Scores only sink as frames are explained, so a candidate that still leads after it was scored anew is the best.
    for _ in 0..<4096 {
        guard pieces.count < policy.maximumSegments,
            let best = candidates.indices.max(by: { (candidates[$0].bound, $1) < (candidates[$1].bound, $0) }),
            candidates[best].bound > 0
        else { break }
        let (piece, score) = candidates[best].largestPiece(isExplained, policy: policy)
        if score < candidates[best].bound {
            candidates[best].bound = score
            continue
        }
        pieces.append(piece!)
        for agreement in piece!.agreeing { isExplained[agreement.frame] = true }
    }
    return pieces
}

/// Look-ups in all: about a tenth of a second.
private let lookupLimit = 4_000_000

private struct Candidate {
    let orientation: Dihedral
    let line: TimeLine
    private let table: HitTable
    /// Rows of the table that agree, by number: of a long video there are many.
    private let agreeing: [(row: Int32, distance: UInt8)]
    /// Its score is at most this.
    var bound: Double

    init(table: HitTable, orientation: Dihedral, found: LineSearch.Found, policy: AlignmentPolicy) {
        (self.orientation, line, self.table) = (orientation, found.line, table)
        // Rows between the landmarks at the ends and the next ones may still agree.
        let (first, last) = (found.landmarks.lowerBound, found.landmarks.upperBound)
        let low = first == 0 ? 0 : table.landmarks[first - 1] + 1
        let high = last + 1 == table.landmarks.count ? table.rows.count : table.landmarks[last + 1]
        agreeing = (low..<high).compactMap { number in
            let row = table.rows[number]
            return table.leastDistance(of: row, at: found.line(row.time), within: Double(policy.tolerance)).map {
                (Int32(number), UInt8($0))
            }
        }
        bound = agreeing.reduce(0) { $0 + agreementWeight(Int($1.distance)) }
    }

    private func row(_ place: Int) -> HitTable.Row { table.rows[Int(agreeing[place].row)] }

    private func agreement(_ place: Int) -> Agreement {
        Agreement(frame: row(place).frame, time: row(place).time, distance: Int(agreeing[place].distance))
    }

    /// Of the frames not yet explained, the stretch without gaps that scores most; two frames at least.
    func largestPiece(_ isExplained: [Bool], policy: AlignmentPolicy) -> (Piece?, Double) {
        var best: (range: ArraySlice<Int>, score: Double) = ([], 0)
        let left = agreeing.indices.filter { !isExplained[row($0).frame] }
        var (start, score) = (0, 0.0)
        for i in left.indices {
            score += agreementWeight(Int(agreeing[left[i]].distance))
            let isLast = i + 1 == left.count || policy.isGap(row(left[i]), row(left[i + 1]))
            guard isLast else { continue }
            if i > start, score > best.score { best = (left[start...i], score) }
            (start, score) = (i + 1, 0)
        }
        guard best.score > 0 else { return (nil, 0) }
        let piece = Piece(
            orientation: orientation, line: line, moment: 0, agreeing: best.range.map { agreement($0) })
        return (piece, best.score)
    }
}

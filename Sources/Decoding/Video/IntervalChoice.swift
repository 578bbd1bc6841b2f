/// Where the interval rule is: which frames it has chosen from.
struct IntervalChoice {
    /// Earlier frames have been chosen from.
    fileprivate var next: Int64 = 0
    /// The latest of the times of the packets before `seen`, behind which no earlier ones come.
    fileprivate var latest = Int64.min
    fileprivate var seen = 0

    /// Whether no frame before a key frame at `time` can be chosen any more: it would itself be.
    func isMade(to time: Int64, _ interval: Int64) -> Bool {
        next >= (time + interval / 2) / interval * interval - interval / 2
    }

    fileprivate mutating func see(_ entries: RingQueue<FramePlan.Entry>, before settled: Int) {
        seen = max(seen, entries.start)
        while seen < settled {
            latest = max(latest, entries[seen].time)
            seen += 1
        }
    }
}

/// One frame around each multiple of the interval: whichever takes least decoding, so never further than the interval
/// from the next.
extension FramePlan {
    mutating func chooseByInterval(_ interval: Int64) {
        choiceByInterval.see(entries, before: settled)
        while let found = earliest(atOrAfter: choiceByInterval.next) {
            let middle = (entries[found].time + interval / 2) / interval * interval
            let span = choiceByInterval.next..<middle - interval / 2 + interval
            // Later packets may be shown in it, too. Without room to look further, what is there must do.
            guard hasEnded || choiceByInterval.latest >= span.upperBound || span.contains(entries[entries.start].time)
            else { return }
            entries[cheapest(in: span, around: middle, interval)].isWanted = true
            choiceByInterval.next = span.upperBound
        }
    }

    /// A key frame; or one that others are predicted from, because that has to be decoded for those that follow; but
    /// the first such one where nothing that follows is needed before the next key frame.
    private func cheapest(in span: Range<Int64>, around middle: Int64, _ interval: Int64) -> Int {
        let inside = (entries.start..<entries.end).filter {
            entries[$0].facts.isShown && span.contains(entries[$0].time)
        }
        func nearest(_ positions: [Int]) -> Int? {
            positions.min { abs(entries[$0].time - middle) < abs(entries[$1].time - middle) }
        }
        if let key = nearest(inside.filter(isKey)) { return key }
        let references = inside.filter { !entries[$0].facts.isDisposable }
        let candidates = shallowest(references.isEmpty ? inside : references)
        return goesOn(after: span.upperBound, interval) ? nearest(candidates)! : candidates[0]
    }

    /// Those with the fewest frames between them and the key frame that they depend on.
    func shallowest(_ positions: [Int]) -> [Int] {
        let least = positions.lazy.map { [entries] in entries[$0].facts.depth }.min()
        return positions.filter { entries[$0].facts.depth == least }
    }

    /// Whether the next choice will depend on what comes before `time`.
    private func goesOn(after time: Int64, _ interval: Int64) -> Bool {
        var hasMore = false
        for position in entries.start..<entries.end where entries[position].time >= time {
            hasMore = true
            if isKey(position), entries[position].time < time + interval { return false }
        }
        return hasMore
    }
}

/// Decides, some packets ahead of the decoder, which frames are wanted and which packets nothing wanted depends on.
///
/// It sees packets in the order of decoding, and times in ms. It knows nothing of libav.
package struct FramePlan {
    package struct Entry {
        package let time: Int64
        let facts: PacketFacts
        package var isWanted = false
        /// Its size says that it shows another picture than the frames before.
        var isChange = false
        /// A key frame that came because it was time for one.
        var isRegular = false

        package init(time: Int64, facts: PacketFacts) { (self.time, self.facts) = (time, facts) }
    }

    package enum Rule {
        /// The frame that is had most cheaply of each so many ms: half of them before a multiple, half after it.
        case interval(Int64)
        /// Key frames (of videos that have nothing else, one each quarter of the gap), frames that must show another
        /// picture, and others so that no moment is further than the gap from a wanted frame. Without a gap, what is
        /// reasonable, and of key frames that come more often than that, only some of those that show no cut.
        case gap(Int64?, isIntraOnly: Bool)
        /// As many as there may be, and then one now and then.
        case animation
    }

    /// ms: where packets tell when the picture changes; where they don't, and of short videos, which have few key frames
    /// and cost little.
    static let usualGap: Int64 = 5500
    static let closeGap: Int64 = 2000
    /// Of an animation: these come first, and after them one each so many ms.
    static let animationFrames = 1000
    static let animationInterval: Int64 = 250

    /// Packets that the coder's reordering may put between a frame and one shown before it: H.264 and HEVC keep at most
    /// 16 frames, or 32 fields.
    static let reordering = 33

    private let rule: Rule
    private let hasKeyFrames: Bool
    var entries = RingQueue<Entry>()
    private(set) var hasEnded = false
    var choiceByInterval = IntervalChoice()
    /// Of the last wanted frame of the gap rule.
    private var last: Int64?
    /// Twice the gap: how far apart wanted frames are at most.
    private var spacing: Int64 = 0
    /// Of the wanted frame of the gap rule that is decoded last, counted from the first packet ever.
    private var lastPosition = 0
    private var highestLayer = 0
    /// Packets before these positions are known to be needed, or not to be.
    private var neededBefore = 0
    private var uselessBefore = 0
    /// Of the key frame that was taken last.
    private var keyTime: Int64?
    private var changes: PictureChanges
    private var rhythm: KeyRhythm
    private var count = 0
    /// The whole video lies within two of the usual gaps.
    private var isShort = false

    /// - Parameter frameMilliseconds: from one frame to the next, on average.
    package init(_ rule: Rule, hasKeyFrames: Bool, frameMilliseconds: Int64) {
        (self.rule, self.hasKeyFrames) = (rule, hasKeyFrames)
        changes = PictureChanges(frameMilliseconds: frameMilliseconds)
        rhythm = KeyRhythm(frameMilliseconds: frameMilliseconds)
    }

    package mutating func append(_ entry: Entry) {
        entries.append(entry)
        highestLayer = max(highestLayer, entry.facts.temporalLayer)
        guard entry.facts.isShown || entry.facts.hidden.all > 0 else { return }
        switch rule {
        case .interval: break
        case .gap(let gap, isIntraOnly: true): wantLast(after: max(1, (gap ?? Self.closeGap) / 4))
        case .gap(_, isIntraOnly: false):
            if entry.facts.isKey, entry.facts.isShown {
                entries[entries.end - 1].isRegular = rhythm.fits(
                    entry.time, position: entries.end - 1, size: entry.facts.shownSize)
            } else {
                rhythm.pass(size: entry.facts.size)
            }
            want(changes: changes.append(entry.facts, at: entry.time, position: entries.end - 1))
        case .animation: wantLast(after: count < Self.animationFrames ? 0 : Self.animationInterval)
        }
    }

    /// If it is so long after the last wanted frame.
    private mutating func wantLast(after distance: Int64) {
        let entry = entries[entries.end - 1]
        guard entry.facts.isShown, last.map({ entry.time - $0 >= distance }) ?? true else { return }
        last = entry.time
        count += 1
        entries[entries.end - 1].isWanted = true
    }

    package mutating func end() {
        hasEnded = true
        want(changes: changes.end())
    }

    private mutating func want(changes: [Int]) {
        for position in changes where position >= entries.start {
            (entries[position].isChange, entries[position].isWanted) = (true, true)
        }
    }

    /// Whether the decoder has to see a packet.
    package enum Need {
        case isNeeded
        /// No, and it won't notice.
        case leavesNoGap
        /// No, but what it keeps is of no use for what comes next.
        case leavesGap
    }

    /// Takes the first packet and says whether its frame is wanted, and whether the decoder has to see it.
    package mutating func removeFirst() -> (entry: Entry, need: Need)? {
        guard !entries.isEmpty else { return nil }
        choose()
        let need = needOfFirst()
        if isKey(entries.start) { keyTime = entries[entries.start].time }
        return (entries.removeFirst(), need)
    }

    /// Whether no wanted frame depends on the wanted key frame that was taken last; false where that can't be seen.
    mutating func leavesKeyFrameAlone() -> Bool {
        choose()
        var position = entries.start
        while position < settled {
            if isKey(position) { return hasWantedLeadingFrames(position, before: entries[position].time) == false }
            if entries[position].isWanted { return false }
            position += 1
        }
        return hasEnded
    }

    /// Whether it is known of all frames up to the next key frame whether they are wanted.
    mutating func isDecidedToNextKey() -> Bool {
        choose()
        guard let key = (entries.start..<settled).dropFirst().first(where: isKey) else { return hasEnded }
        switch rule {
        case .interval(let interval): return choiceByInterval.isMade(to: entries[key].time, interval)
        case .gap(_, isIntraOnly: false):
            // Changes before it were told when it came, and nothing else between is wanted when it is near.
            return lastPosition >= key || last.map { entries[key].time <= $0 + spacing } ?? false
        case .gap(_, isIntraOnly: true), .animation: return false
        }
    }

    private mutating func choose() {
        switch rule {
        case .interval(let interval): chooseByInterval(interval)
        case .gap(let gap, isIntraOnly: false):
            if last == nil { isShort = hasEnded && (endTime ?? 0) < 2 * Self.usualGap }
            let passesOver = gap == nil && changes.areTold && !isShort
            spacing = max(1, 2 * (gap ?? (passesOver ? Self.usualGap : Self.closeGap)))
            chooseByGap(passesOver: passesOver)
        case .gap(_, isIntraOnly: true), .animation: break
        }
    }

    /// Positions before which all packets are there that may be shown before others there.
    var settled: Int { hasEnded ? entries.end : max(entries.start, entries.end - Self.reordering) }

    /// Chooses as late as it may, so that as much as can be is seen of what comes.
    private mutating func chooseByGap(passesOver: Bool) {
        while true {
            guard let last else {
                let shown = (entries.start..<entries.end).lazy.filter { [entries] in entries[$0].facts.isShown }
                // Where decoding can start; a stream without such a place starts anywhere.
                guard let first = shown.first(where: { canStart($0) }) ?? shown.first else { return }
                want(first)
                continue
            }
            let first = max(entries.start, lastPosition + 1)
            let key = nextKey(from: first, after: last, passesOver ? spacing : 0)
            guard lastPosition < entries.start || key != nil || hasEnded else { return }
            guard let horizon = key.map({ entries[$0].time }) ?? (hasEnded ? endTime.map { $0 + spacing / 2 } : nil)
            else {
                // Nothing such in sight: go as far as the gap lets.
                guard let beyond = earliest(atOrAfter: last + spacing + 1), beyond < settled,
                    let found = latest(atOrBefore: last + spacing, after: last) ?? earliest(atOrAfter: last + 1)
                else { return }
                want(found)
                continue
            }
            let steps = max(0, horizon - last + spacing - 1) / spacing
            let start = max(last + 1, horizon - (steps - 1) * spacing)
            if steps > 1, var found = earliest(atOrAfter: start), entries[found].time < horizon {
                if entries[found].time > last + spacing {
                    found = latest(atOrBefore: last + spacing, after: last) ?? found
                } else {
                    found = shallowest(start..<min(last + spacing + 1, horizon)) ?? found
                }
                want(found)
            } else if let key {
                want(key)
            } else {
                return
            }
        }
    }

    /// The first key frame or change, but of regular key frames under half of `spacing` ms after the last look the last
    /// one at most, and none if another one follows in time.
    private func nextKey(from first: Int, after last: Int64, _ spacing: Int64) -> Int? {
        var passed: Int?
        for position in first..<entries.end where isKey(position) || entries[position].isChange {
            let entry = entries[position]
            if let passed, entry.time > last + spacing { return passed }
            guard entry.isRegular, !entry.isChange, entry.time < last + spacing / 2 else { return position }
            passed = position
        }
        // There is time to see more.
        return hasEnded || lastPosition < entries.start ? passed : nil
    }

    private mutating func want(_ position: Int) {
        entries[position].isWanted = true
        last = entries[position].time
        // It never goes back, so that choosing ends, whatever the times are.
        lastPosition = max(lastPosition, position)
    }

    func isKey(_ position: Int) -> Bool {
        hasKeyFrames && entries[position].facts.isKey && entries[position].facts.isShown
    }

    private func canStart(_ position: Int) -> Bool { !hasKeyFrames || entries[position].facts.isKey }

    private var endTime: Int64? { (entries.start..<entries.end).lazy.map { entries[$0].time }.max() }

    func earliest(atOrAfter time: Int64) -> Int? {
        (entries.start..<entries.end).lazy.filter { entries[$0].time >= time && entries[$0].facts.isShown }
            .min { entries[$0].time < entries[$1].time }
    }

    /// The earliest of those that take least decoding.
    private func shallowest(_ times: Range<Int64>) -> Int? {
        let inside = (entries.start..<entries.end).filter {
            entries[$0].facts.isShown && times.contains(entries[$0].time)
        }
        return shallowest(inside).min { entries[$0].time < entries[$1].time }
    }

    private func latest(atOrBefore time: Int64, after: Int64) -> Int? {
        (entries.start..<entries.end).lazy
            .filter { entries[$0].time <= time && entries[$0].time > after && entries[$0].facts.isShown }
            .max { entries[$0].time < entries[$1].time }
    }

    private mutating func needOfFirst() -> Need {
        let first = entries[entries.start]
        if first.isWanted { return .isNeeded }
        let follows = entries.start + 1 < entries.end ? entries[entries.start + 1].facts : nil
        if first.facts.isDisposable, first.facts.temporalLayer >= highestLayer, follows?.leansOnPrevious != true {
            // Unless the choice may still fall on it.
            return entries.start < settled ? .leavesNoGap : .isNeeded
        }
        // Shown before a key frame that it follows: no frame shown later may depend on it.
        if let keyTime, first.time < keyTime, let leads = hasWantedLeadingFrames(entries.start - 1, before: keyTime) {
            return leads ? .isNeeded : .leavesNoGap
        }
        if entries.start < neededBefore { return .isNeeded }
        if entries.start < uselessBefore { return .leavesGap }
        // Until the next key frame: does a wanted frame follow?
        var position = entries.start + 1
        while position < settled {
            if isKey(position) {
                guard let leads = hasWantedLeadingFrames(position, before: entries[position].time) else {
                    return .isNeeded
                }
                if leads { neededBefore = position } else { uselessBefore = position }
                return leads ? .isNeeded : .leavesGap
            }
            if entries[position].isWanted {
                neededBefore = position
                return .isNeeded
            }
            position += 1
        }
        return hasEnded ? .leavesGap : .isNeeded
    }

    /// Whether a wanted frame, decoded after the key frame, is shown before it and so may depend on what came before
    /// both; nil when that can't be seen yet.
    private func hasWantedLeadingFrames(_ key: Int, before time: Int64) -> Bool? {
        var position = key + 1
        while position < settled, entries[position].time < time {
            if entries[position].isWanted { return true }
            position += 1
        }
        return position < settled || hasEnded ? false : nil
    }
}

/// Finds lines through the hits of one orientation: every landmark proposes lines through itself and others, the
/// one that most landmarks around agree with is kept, grown to both sides as far as frames agree, and fitted.
struct LineSearch {
    /// A line and the landmarks from the first to the last one that agrees with it.
    struct Found {
        let line: TimeLine
        let landmarks: ClosedRange<Int>
    }

    let table: HitTable
    let policy: AlignmentPolicy
    /// Look-ups that may still be made. Bounds the work on hits that agree with nothing or with everything.
    private(set) var budget: Int
    private var isCovered: [Bool]

    /// Around a landmark, this many on either side have a say.
    private static let reach = 24
    /// Milliseconds; of landmarks further away only the next few have a say.
    private static let reachTime = 20_000.0
    /// By so many milliseconds the nearest frame may be off its time.
    private static let jitter = 100.0
    /// So many landmarks are on one line hardly by chance.
    private static let sureLandmarks = 6

    init(_ table: HitTable, policy: AlignmentPolicy, budget: Int) {
        (self.table, self.policy, self.budget) = (table, policy, budget)
        isCovered = Array(repeating: false, count: table.landmarks.count)
    }

    mutating func run() -> [Found] {
        var found: [Found] = []
        for seed in table.landmarks.indices where !isCovered[seed] {
            guard budget > 0 else { break }
            guard let proposal = bestProposal(from: seed) else { continue }
            let line = grown(proposal, from: seed)
            found.append(line)
            // What lies on this line as well as it lies anywhere needs no other one, unless the line may be chance.
            let agreeing = line.landmarks.filter { i in
                distance(i, line.line).map { $0 <= row(i).leastDistance + 3 } ?? false
            }
            if agreeing.count >= Self.sureLandmarks { for i in agreeing { isCovered[i] = true } }
        }
        return found
    }

    private func row(_ landmark: Int) -> HitTable.Row { table.rows[table.landmarks[landmark]] }

    @inline(__always) private mutating func distance(_ landmark: Int, _ line: TimeLine) -> Int? {
        budget -= 1
        let row = row(landmark)
        return table.leastDistance(of: row, at: line(row.time), within: Double(policy.tolerance))
    }

    private mutating func bestProposal(from seed: Int) -> TimeLine? {
        let around = neighbourhood(of: seed)
        let time = row(seed).time
        var best: (line: TimeLine, score: Double)?
        func consider(_ line: TimeLine, _ search: inout LineSearch) {
            var (score, count) = (0.0, 0)
            for i in around {
                guard let distance = search.distance(i, line) else { continue }
                score += agreementWeight(distance)
                count += 1
            }
            guard count > 1 else { return }
            // Of lines that say the same, the usual speed and the usual direction.
            score *= (line.isUsual ? 1.03 : 1) * (line.speed > 0 ? 1.05 : 1)
            if best.map({ score > $0.score }) ?? true { best = (line, score) }
        }
        for peak in table.peaks[seed] {
            consider(TimeLine(speed: 1, through: time, peak.time), &self)
            consider(TimeLine(speed: -1, through: time, peak.time), &self)
        }
        for partner in partners(of: seed) {
            let span = row(partner).time - time
            guard span > 0 else { continue }
            for peak in table.peaks[seed] {
                for other in table.peaks[partner] {
                    let speed = (other.time - peak.time) / span
                    guard policy.speeds.contains(abs(speed)) else { continue }
                    consider(TimeLine(speed: speed, through: time, peak.time), &self)
                }
            }
        }
        return best?.line
    }

    private func neighbourhood(of seed: Int) -> ClosedRange<Int> {
        let time = row(seed).time
        var (low, high) = (seed, seed)
        while low > 0, seed - low < Self.reach, seed - low < 4 || time - row(low - 1).time <= Self.reachTime {
            low -= 1
        }
        while high + 1 < table.landmarks.count, high - seed < Self.reach,
            high - seed < 4 || row(high + 1).time - time <= Self.reachTime
        { high += 1 }
        return low...high
    }

    /// The next three, and others at growing spans: near ones are on the same line, far ones tell the speed.
    private func partners(of seed: Int) -> [Int] {
        let count = table.landmarks.count
        let time = row(seed).time
        var chosen = Array(seed + 1..<max(seed + 1, min(count, seed + 4)))
        for span in [1000.0, 2000, 4000, 8000, 16000] {
            let next = seed + 1 + lowerBound(count - seed - 1) { row(seed + 1 + $0).time < time + span }
            if next < count, next > chosen.last ?? seed { chosen.append(next) }
        }
        return chosen
    }

    private mutating func grown(_ proposal: TimeLine, from seed: Int) -> Found {
        var line = proposal
        var extent = seed...seed
        // Each fit lets the line reach further; twenty doublings are more than any item has.
        var width = Self.reach
        for _ in 0..<20 {
            guard budget > 0 else { break }
            let before = extent
            extent = reached(line, from: seed, limits: (extent.lowerBound - width, extent.upperBound + width))
            if let fitted = fitted(line, extent), agreement(fitted, extent).count >= agreement(line, extent).count {
                line = fitted
            }
            if extent == before { break }
            width *= 2
        }
        if let usual = usual(line, extent) { line = usual }
        return Found(line: line, landmarks: reached(line, from: seed, limits: (0, table.landmarks.count - 1)))
    }

    /// From the seed to both sides until nothing agrees for too long.
    private mutating func reached(_ line: TimeLine, from seed: Int, limits: (Int, Int)) -> ClosedRange<Int> {
        var ends = (seed, seed)
        var i = seed + 1
        while i <= min(limits.1, table.landmarks.count - 1), !policy.isGap(row(ends.1), row(i)) {
            if distance(i, line) != nil { ends.1 = i }
            i += 1
        }
        i = seed - 1
        while i >= max(limits.0, 0), !policy.isGap(row(i), row(ends.0)) {
            if distance(i, line) != nil { ends.0 = i }
            i -= 1
        }
        return ends.0...ends.1
    }

    /// A line through the nearest times of all that agree; scenes that move tell more than scenes that don't.
    private mutating func fitted(_ line: TimeLine, _ extent: ClosedRange<Int>) -> TimeLine? {
        var points: [(item: Double, reference: Double, weight: Double)] = []
        for i in extent {
            budget -= 1
            let row = row(i)
            guard
                let times = table.nearestTimes(of: row, at: line(row.time), within: 2 * Double(policy.tolerance))
            else { continue }
            let (middle, halfWidth) = ((times.lowerBound + times.upperBound) / 2, times.upperBound - times.lowerBound)
            let error = 40 + halfWidth / 2
            let residual = (middle - line(row.time)) / 100
            points.append((row.time, middle, 1 / (error * error * (1 + residual * residual))))
        }
        guard points.count > 1, let fitted = TimeLine(through: points), policy.speeds.contains(abs(fitted.speed)),
            (fitted.speed > 0) == (line.speed > 0)
        else { return nil }
        return fitted
    }

    /// The line of usual speed, if it explains the same and nine tenths of the nearest times lie on it.
    private mutating func usual(_ line: TimeLine, _ extent: ClosedRange<Int>) -> TimeLine? {
        let middle = (row(extent.lowerBound).time + row(extent.upperBound).time) / 2
        let usual = TimeLine(speed: line.speed > 0 ? 1 : -1, through: middle, line(middle))
        guard agreement(usual, extent).count >= agreement(line, extent).count else { return nil }
        var (near, all) = (0, 0)
        for i in extent {
            budget -= 1
            let time = row(i).time
            guard let times = table.nearestTimes(of: row(i), at: line(time), within: 2 * Double(policy.tolerance))
            else { continue }
            all += 1
            let isNear = usual(time) > times.lowerBound - Self.jitter && usual(time) < times.upperBound + Self.jitter
            near += isNear ? 1 : 0
        }
        return near * 10 >= all * 9 ? usual : nil
    }

    private mutating func agreement(_ line: TimeLine, _ extent: ClosedRange<Int>) -> (count: Int, score: Double) {
        var (count, score) = (0, 0.0)
        for i in extent {
            guard let distance = distance(i, line) else { continue }
            count += 1
            score += agreementWeight(distance)
        }
        return (count, score)
    }
}

extension AlignmentPolicy {
    /// Whether too much lies between two rows that agree.
    func isGap(_ a: HitTable.Row, _ b: HitTable.Row) -> Bool {
        b.time - a.time > Double(longestGap) && b.frame - a.frame > 4
    }
}

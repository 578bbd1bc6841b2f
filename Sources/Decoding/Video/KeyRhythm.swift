/// Tells key frames that come because it was time for one from those that a coder puts where the picture changes: the
/// former are as far from the one before as any, by time or by count.
struct KeyRhythm {
    private var last: (time: Int64, position: Int)?
    private var times: Longest
    private var counts = Longest(tolerance: 0)

    /// The longest distance so far, and how often it was seen.
    private struct Longest {
        let tolerance: Int
        private var value = 0
        private var count = 0

        init(tolerance: Int) { self.tolerance = tolerance }

        /// Whether it is the longest, seen often enough before.
        mutating func take(_ distance: Int) -> Bool {
            if distance > value + tolerance {
                (value, count) = (distance, 1)
            } else if distance >= value - tolerance {
                count += 1
                return count > KeyRhythm.sightings
            }
            return false
        }
    }

    /// Of a distance, before it is the usual one.
    static let sightings = 2

    /// - Parameter frameMilliseconds: from one frame to the next, on average.
    init(frameMilliseconds: Int64) { times = Longest(tolerance: Int(frameMilliseconds / 2)) }

    /// Takes the next key frame. - Parameter position: how many packets came before it.
    mutating func fits(_ time: Int64, position: Int) -> Bool {
        defer { last = (time, position) }
        guard let last else { return false }
        let fitsTimes = times.take(Int(clamping: time - last.time))
        let fitsCounts = counts.take(position - last.position)
        return fitsTimes || fitsCounts
    }
}

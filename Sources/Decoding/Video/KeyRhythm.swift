/// Tells key frames that come because it was time for one from those that a coder puts where the picture changes: the
/// former are as far from the one before as any, by time or by count, and as large: a slide show changes at regular times.
struct KeyRhythm {
    private var last: (time: Int64, position: Int, size: Int)?
    /// Packets since then, and their bytes.
    private var between = (count: 0, bytes: 0)
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

    /// By which sizes of key frames may differ that show the same, in parts of the larger one: where nothing moves, and
    /// where something does.
    static let sameSize = (still: 0.1, moving: 0.25)
    /// Of a key frame's size, the least that frames after it have on average where something moves.
    static let movingPart = 0.02

    /// - Parameter frameMilliseconds: from one frame to the next, on average.
    init(frameMilliseconds: Int64) { times = Longest(tolerance: Int(frameMilliseconds / 2)) }

    /// Takes a frame that is none. - Parameter size: bytes.
    mutating func pass(size: Int) { between = (between.count + 1, between.bytes + size) }

    /// Takes the next key frame.
    ///
    /// - Parameters:
    ///   - position: how many packets came before it.
    ///   - size: bytes.
    mutating func fits(_ time: Int64, position: Int, size: Int) -> Bool {
        defer { (last, between) = ((time, position, size), (0, 0)) }
        guard let last else { return false }
        let fitsTimes = times.take(Int(clamping: time - last.time))
        let fitsCounts = counts.take(position - last.position)
        let difference = Double(abs(size - last.size)) / Double(max(1, size, last.size))
        let mean = Double(between.bytes) / Double(max(1, between.count))
        let isMoving = mean >= Self.movingPart * Double(last.size)
        return (fitsTimes || fitsCounts) && difference <= (isMoving ? Self.sameSize.moving : Self.sameSize.still)
    }
}

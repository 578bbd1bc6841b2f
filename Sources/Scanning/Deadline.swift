/// A time on the clock by which a sign of life has to come, and one by which all has to be done. Time in which this
/// process was itself suspended, with or without the machine, does not count.
struct Deadline {
    private let seconds: Int
    private var sign: SuspendingClock.Instant
    private var end: SuspendingClock.Instant?

    /// - Parameters:
    ///   - seconds: between two signs of life.
    ///   - all: in all; nil for no limit.
    init(seconds: Int, inAll all: Int? = nil) {
        self.seconds = seconds
        let now = SuspendingClock.now
        (sign, end) = (now + .seconds(seconds), all.map { now + .seconds($0) })
    }

    var isOver: Bool { SuspendingClock.now >= sign || isUsedUp }

    /// However many signs of life there were.
    var isUsedUp: Bool { end.map { SuspendingClock.now >= $0 } ?? false }

    mutating func sawSign() { sign = .now + .seconds(seconds) }

    /// Waits by `body`, which takes a fraction of a second unless the process is suspended in it.
    mutating func watching<R>(_ body: () -> R) -> R {
        let start = SuspendingClock.now
        let result = body()
        let gap = SuspendingClock.now - start
        if gap > .seconds(1) {
            sign += gap
            end? += gap
        }
        return result
    }
}

/// The steps of one box pass over a line (SPEC 1.5): which element enters the running
/// sum, which one leaves it, and what the output is divided by.
struct BoxSchedule {
    struct Step {
        let adds: Int?
        let subtracts: Int?
        /// Whether this step gives an output.
        let outputs: Bool
        /// Elements in the sum.
        let divisor: Float
    }

    private let length: Int
    private let window: Int
    private let half: Int
    private var added = 0
    private var subtracted = 0

    init(length: Int, window: Int) {
        (self.length, self.window) = (length, window)
        half = (window + 2) / 2
    }

    /// Whether every output was given: the last `half - 1` steps only subtract.
    var isDone: Bool { added == length && subtracted == length - window + half - 1 }

    /// The next step, if its element is among the first `available`; nil when it
    /// has to wait or the pass is done.
    mutating func next(available: Int) -> Step? {
        if added < length {
            guard added < available else { return nil }
            let adds = added
            added += 1
            if adds < window {
                return Step(adds: adds, subtracts: nil, outputs: adds >= half - 1, divisor: Float(added))
            }
            subtracted += 1
            return Step(adds: adds, subtracts: subtracted - 1, outputs: true, divisor: Float(window))
        }
        guard !isDone else { return nil }
        subtracted += 1
        return Step(adds: nil, subtracts: subtracted - 1, outputs: true, divisor: Float(added - subtracted))
    }
}

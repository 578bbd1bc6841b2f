/// The steps of one box pass over a line (SPEC 1.5): which element enters the running
/// sum, which one leaves it, and what the output is divided by.
struct BoxSchedule {
    /// One step, or several in a row, each an element further.
    struct Step {
        var count = 1
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

    /// The next steps that can be done as one, if their elements are among the first `available`; nil when they have to
    /// wait or the pass is done.
    ///
    /// - Parameters:
    ///   - ring: elements after which their places repeat: steps that are one do not go over that end.
    ///   - room: how many outputs there is room for, at least 1.
    mutating func next(available: Int, ring: Int, room: Int) -> Step? {
        if added < length {
            guard added < available else { return nil }
            let (adds, subtracts) = (added, subtracted)
            if adds < window {
                added += 1
                return Step(adds: adds, subtracts: nil, outputs: adds >= half - 1, divisor: Float(added))
            }
            let count = min(available - adds, ring - adds % ring, ring - subtracts % ring, room)
            added += count
            subtracted += count
            return Step(count: count, adds: adds, subtracts: subtracts, outputs: true, divisor: Float(window))
        }
        guard !isDone else { return nil }
        subtracted += 1
        return Step(adds: nil, subtracts: subtracted - 1, outputs: true, divisor: Float(added - subtracted))
    }
}

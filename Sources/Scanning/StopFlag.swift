import Glibc
import Synchronization

/// Asks a run to end; may be set from a signal handler.
public final class StopFlag: Sendable {
    /// When it was asked for, in ms of the monotonic clock; 0 = not.
    private let since = Atomic<Int64>(0)

    private let parent: StopFlag?

    public init() { parent = nil }

    /// A flag that is also set when `parent` is.
    init(parent: StopFlag) { self.parent = parent }

    /// Async-signal-safe.
    public func request() {
        _ = since.compareExchange(expected: 0, desired: max(1, Self.now), ordering: .relaxed)
    }

    public var isRequested: Bool { since.load(ordering: .relaxed) != 0 || parent?.isRequested == true }

    /// Items under way had their time to finish; what still works is killed.
    var isOverdue: Bool {
        if parent?.isOverdue == true { return true }
        let since = since.load(ordering: .relaxed)
        return since != 0 && Self.now - since > 400
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

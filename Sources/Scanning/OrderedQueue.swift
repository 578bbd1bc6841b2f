import Glibc
import MediaSources

/// Hands items to several threads and their results back in the items' order, never
/// far ahead of the slowest: memory does not depend on how many items there are.
final class OrderedQueue<Result: Sendable>: @unchecked Sendable {  // all state under the lock
    private let lock = Lock()
    /// Held by the thread that asks the source, which may take its time, and taken before `lock`.
    private let source = Lock()
    private let stop: StopFlag
    private let window: Int
    private var items: any IteratorProtocol<SourceItem>
    private var handedOut = 0
    private var delivered = 0
    private var finished: [Int: Result] = [:]
    private var sourceEnded = false
    private var isClosed = false
    private var running: Int
    private var failure: (any Error)?

    init(items: any IteratorProtocol<SourceItem>, threads: Int, stop: StopFlag) {
        (self.items, self.stop, running) = (items, stop, threads)
        // One slow item may hold back this many quick ones for each thread before they wait.
        window = threads * 64
    }

    /// The next item and its number; nil when there is nothing more to do. Waits while results pile up.
    ///
    /// - Parameter waits: false for a thread that has a result to bring first: nil then also means "not yet".
    func next(waits: Bool = true) -> (Int, SourceItem)? {
        if waits { return source.with { take(waits: true) } }
        // Another thread may be waiting there until results are brought.
        return source.withoutWaiting { take(waits: false) } ?? nil
    }

    private func take(waits: Bool) -> (Int, SourceItem)? {
        let mayTake = lock.with {
            while handedOut >= delivered + window, !isClosed, !stop.isRequested {
                guard waits else { return false }
                lock.wait(milliseconds: 100)
            }
            return !isClosed && !stop.isRequested && !sourceEnded
        }
        guard mayTake else { return nil }
        if !waits, let source = items as? any WaitingSource, !source.isReady { return nil }
        guard let item = items.next() else {
            lock.with {
                sourceEnded = true
                lock.wakeAll()
            }
            return nil
        }
        return lock.with {
            handedOut += 1
            return (handedOut - 1, item)
        }
    }

    func put(_ results: [(number: Int, result: Result)]) {
        lock.with {
            for (number, result) in results { finished[number] = result }
            lock.wakeAll()
        }
    }

    /// A thread will bring no more results.
    func threadEnded(_ error: (any Error)?) {
        lock.with {
            running -= 1
            if failure == nil { failure = error }
            if error != nil { isClosed = true }
            lock.wakeAll()
        }
    }

    /// The next result in order; nil when there will be none.
    func take() throws -> Result? {
        try lock.with {
            while finished[delivered] == nil, running > 0 { lock.wait(milliseconds: 1000) }
            if let result = finished.removeValue(forKey: delivered) {
                delivered += 1
                lock.wakeAll()
                return result
            }
            if let failure { throw failure }
            return nil
        }
    }

    /// No more items are handed out.
    func close() {
        lock.with {
            isClosed = true
            lock.wakeAll()
        }
    }

    /// Whether every item of the source was delivered.
    var isComplete: Bool { lock.with { sourceEnded && delivered == handedOut } }
}

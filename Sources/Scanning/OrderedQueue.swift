import Glibc
import MediaSources

/// An item's place in the order of all.
final class Ticket: @unchecked Sendable {  // all state under the queue's lock
    fileprivate var next: Ticket?
    fileprivate unowned(unsafe) var previous: Ticket?
    /// What its item, an archive, holds: these come before it.
    fileprivate var members: (any IteratorProtocol<SourceItem>)?
    /// A thread asks `members`.
    fileprivate var isAsked = false
}

/// Hands items to several threads and their results back in the items' order, never
/// far ahead of the slowest: memory does not depend on how many items there are.
///
/// An item may turn out to hold others: then these take its place in the order.
final class OrderedQueue<Result: Sendable>: @unchecked Sendable {  // all state under the lock
    private let lock = Lock()
    /// Threads wait for items here, whoever delivers for results there: neither is woken for the other.
    private let supply: Condition
    private let delivery: Condition
    private let stop: StopFlag
    private let window: Int
    private let threads: Int
    private var items: any IteratorProtocol<SourceItem>
    private var first: Ticket?
    private unowned(unsafe) var last: Ticket?
    /// Tickets that are not delivered, but for those of archives.
    private var outstanding = 0
    /// Items that a thread has and that may still turn out to be archives.
    private var undecided = 0
    private var archives = 0
    private var finished: [ObjectIdentifier: Result] = [:]
    private var sourceIsAsked = false
    private var sourceEnded = false
    private var isClosed = false
    private var running: Int
    private var failure: (any Error)?

    init(items: any IteratorProtocol<SourceItem>, threads: Int, stop: StopFlag) {
        (self.items, self.stop, self.threads, running) = (items, stop, threads, threads)
        // One slow item may hold back this many quick ones for each thread before they wait.
        window = threads * 128
        (supply, delivery) = (Condition(lock), Condition(lock))
    }

    deinit {
        // One by one: a long list's end would be a deep recursion.
        while let ticket = first { first = ticket.next }
    }

    private enum Choice {
        case source
        case members(of: Ticket)
        case nothing
    }

    /// The next item and its ticket; nil when there is nothing more to do. Waits while results pile up.
    ///
    /// - Parameter waits: false for a thread that has a result to bring first: nil then also means "not yet".
    func next(waits: Bool = true) -> (Ticket, SourceItem)? {
        while true {
            switch lock.with({ choose(waits: waits) }) {
            case .nothing: return nil
            case .source:
                var item: SourceItem?
                var isAnswered = true
                if !waits, let source = items as? any WaitingSource, !source.isReady {
                    isAnswered = false
                } else {
                    item = items.next()
                }
                let ticket = lock.with { () -> Ticket? in
                    sourceIsAsked = false
                    // A source that is told to stop has nothing more either, but did not end.
                    if isAnswered, item == nil, !stop.isRequested { sourceEnded = true }
                    defer { supply.wakeAll() }
                    return item == nil ? nil : append(before: nil)
                }
                if let ticket, let item { return (ticket, item) }
                if !isAnswered { return nil }
            case .members(let archive):
                var item: SourceItem?
                var isAnswered = true
                if !waits, let source = archive.members as? any WaitingSource, !source.isReady {
                    isAnswered = false
                } else {
                    item = archive.members!.next()
                }
                let ticket = lock.with { () -> Ticket? in
                    archive.isAsked = false
                    defer { supply.wakeAll() }
                    if isAnswered, item == nil, !stop.isRequested {
                        archives -= 1
                        remove(archive)
                        delivery.wakeAll()
                    }
                    return item == nil ? nil : append(before: archive)
                }
                if let ticket, let item { return (ticket, item) }
                if !isAnswered { return nil }
            }
        }
    }

    /// Where the next item is to be asked for, which nobody else then asks.
    private func choose(waits: Bool) -> Choice {
        while !isClosed, !stop.isRequested {
            if archives > 0, let archive = openArchive() {
                archive.isAsked = true
                return .members(of: archive)
            }
            if outstanding < window, archives < max(2, threads), !sourceEnded, !sourceIsAsked {
                sourceIsAsked = true
                return .source
            }
            guard waits, !sourceEnded || archives > 0 || undecided > 0 else { return .nothing }
            supply.wait(milliseconds: 100)
        }
        return .nothing
    }

    /// The first archive that can give a member now. What comes before an archive gets delivered whatever happens, so
    /// only that holds back the first one; what comes after it is bounded by the window, too.
    private func openArchive() -> Ticket? {
        var before = 0
        var isFirst = true
        var ticket = first
        while let current = ticket {
            ticket = current.next
            guard current.members != nil else {
                before += 1
                continue
            }
            if !current.isAsked, isFirst ? before < window : outstanding < window { return current }
            isFirst = false
        }
        return nil
    }

    private func append(before archive: Ticket?) -> Ticket {
        let ticket = Ticket()
        let previous = archive == nil ? last : archive!.previous
        (ticket.previous, ticket.next) = (previous, archive)
        if let previous { previous.next = ticket } else { first = ticket }
        if let archive { archive.previous = ticket } else { last = ticket }
        outstanding += 1
        undecided += 1
        return ticket
    }

    private func remove(_ ticket: Ticket) {
        let (previous, next) = (ticket.previous, ticket.next)
        if let next { next.previous = previous } else { last = previous }
        if let previous { previous.next = next } else { first = next }
        ticket.members = nil
    }

    /// The item is an archive: its members come in its place.
    func open(_ ticket: Ticket, _ members: any IteratorProtocol<SourceItem>) {
        lock.with {
            ticket.members = members
            outstanding -= 1
            undecided -= 1
            archives += 1
            supply.wakeAll()
        }
    }

    func put(_ results: [(ticket: Ticket, result: Result)]) {
        lock.with {
            for (ticket, result) in results {
                finished[ObjectIdentifier(ticket)] = result
                undecided -= 1
            }
            supply.wakeAll()
            if let first, finished[ObjectIdentifier(first)] != nil { delivery.wakeAll() }
        }
    }

    /// A thread will bring no more results.
    func threadEnded(_ error: (any Error)?) {
        lock.with {
            running -= 1
            if failure == nil { failure = error }
            if error != nil { isClosed = true }
            supply.wakeAll()
            delivery.wakeAll()
        }
    }

    /// The next results in order, as many as there are; none when there will be none.
    func take() throws -> [Result] {
        try lock.with {
            while true {
                var results: [Result] = []
                while let ticket = first, let result = finished.removeValue(forKey: ObjectIdentifier(ticket)) {
                    remove(ticket)
                    results.append(result)
                }
                if !results.isEmpty {
                    outstanding -= results.count
                    supply.wakeAll()
                    return results
                }
                if running == 0 { break }
                delivery.wait(milliseconds: 1000)
            }
            if let failure { throw failure }
            return []
        }
    }

    /// No more items are handed out.
    func close() {
        lock.with {
            isClosed = true
            supply.wakeAll()
        }
    }

    /// Whether every item of the source was delivered.
    var isComplete: Bool { lock.with { sourceEnded && first == nil } }
}

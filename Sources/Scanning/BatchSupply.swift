import MediaModel

/// Takes items from a queue and opens them: one, or several small ones for a batch.
final class BatchSupply<Outcome: Sendable> {
    private let queue: OrderedQueue<Outcome>
    private let ledger: Ledger?
    private let context: ArchiveContext
    private var prepared = Result<[OpenItem], any Error>.success([])
    /// It was opened and did not fit.
    private var held: OpenItem?

    /// Bytes of a batch: with a ledger, the worker holds them all.
    private static var maximumBytes: Int64 { 4 << 20 }

    init(queue: OrderedQueue<Outcome>, context: ArchiveContext, ledger: Ledger?) {
        (self.queue, self.context, self.ledger) = (queue, context, ledger)
    }

    /// The next items; nil when there are no more.
    func next(_ count: Int) throws -> [OpenItem]? {
        var items = try prepared.get()
        prepared = .success([])
        if items.isEmpty { items = try gather(count, waits: true) }
        return items.isEmpty ? nil : items
    }

    /// Opens the next items, if there are some by now.
    func prepare(_ count: Int) {
        guard case .success(let items) = prepared, items.isEmpty else { return }
        prepared = Result { try gather(count, waits: false) }
    }

    private func gather(_ count: Int, waits: Bool) throws -> [OpenItem] {
        var items: [OpenItem] = []
        var bytes: Int64 = 0
        while items.count < count {
            var next = held
            held = nil
            if next == nil, let (ticket, source) = queue.next(waits: waits && items.isEmpty) {
                next = try OpenItem(ticket, source, context, ledger: ledger)
            }
            if let item = next, case .archive(let file) = item.state, let limits = context.limits {
                try ledger?.forgetFailures(at: item.key)
                queue.open(item.ticket, ArchiveItems(item, file, limits, context))
                continue
            }
            guard let item = next else { break }
            guard let size = item.batchByteCount, bytes + size <= Self.maximumBytes else {
                if items.isEmpty { return [item] }
                held = item
                break
            }
            bytes += size
            items.append(item)
        }
        return items
    }
}

import MediaModel

/// Takes items from a queue and opens them: one, or several small ones for a batch.
final class BatchSupply<Outcome: Sendable> {
    private let queue: OrderedQueue<Outcome>
    private let ledger: Ledger?
    private let keepsUploader: Bool
    private var prepared = Result<[OpenItem], any Error>.success([])
    /// It was opened and did not fit.
    private var held: OpenItem?

    /// Bytes of a batch: with a ledger, the worker holds them all.
    private static var maximumBytes: Int64 { 4 << 20 }

    init(queue: OrderedQueue<Outcome>, keepsUploader: Bool, ledger: Ledger?) {
        (self.queue, self.keepsUploader, self.ledger) = (queue, keepsUploader, ledger)
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
            if next == nil, let (number, source) = queue.next(waits: waits && items.isEmpty) {
                next = try OpenItem(number: number, source, keepsUploader: keepsUploader, ledger: ledger)
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

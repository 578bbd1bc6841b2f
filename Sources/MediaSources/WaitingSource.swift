/// A source that may have to wait for its next item.
public protocol WaitingSource {
    /// Whether `next()` answers at once.
    var isReady: Bool { get }
}

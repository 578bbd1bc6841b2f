import Glibc
import MediaModel
import MediaSources
import Synchronization

/// Tells on standard error how a run goes: one line that renews itself on a terminal, else a plain line now and then.
final class Progress {
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private let isQuiet: Bool
    private let started = Progress.now
    private var lastShown: Double
    private var shownWidth = 0
    private let total: ItemCount?

    init(isQuiet: Bool, paths: [[UInt8]]) {
        self.isQuiet = isQuiet
        lastShown = started
        // Only for the time that is left: nobody sees it elsewhere.
        total = isTerminal && !isQuiet ? ItemCount(of: paths) : nil
    }

    func show(items: Int, matches: Int, failures: Int) {
        guard !isQuiet else { return }
        let now = Self.now
        guard now - lastShown >= (isTerminal ? 0.2 : 30) else { return }
        lastShown = now
        let rate = Double(items) / max(0.001, now - started)
        var text = "\(items)"
        if let count = total?.value { text += " of \(count)" }
        text +=
            " items, \(rate < 10 ? Self.oneDecimal(rate) : String(Int(rate)))/s, \(Self.count(matches, "match", "matches")), \(failures) not examined"
        if let count = total?.value, rate > 0 {
            text += ", \(Self.duration(Double(max(0, count - items)) / rate)) left"
        }
        if isTerminal {
            let padding = String(repeating: " ", count: max(0, shownWidth - text.count))
            shownWidth = text.count
            put("\r" + text + padding)
        } else {
            put(text + "\n")
        }
    }

    /// Clears the line.
    func end() {
        guard shownWidth > 0 else { return }
        put("\r" + String(repeating: " ", count: shownWidth) + "\r")
        shownWidth = 0
    }

    /// `1 item`, `2 items`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    /// Seconds since the start.
    var elapsed: Double { Self.now - started }

    static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return "\(oneDecimal(seconds)) s" }
        let s = Int(seconds.rounded())
        if s < 60 { return "\(s) s" }
        if s < 3600 { return "\(s / 60) min \(s % 60) s" }
        return "\(s / 3600) h \(s % 3600 / 60) min"
    }

    static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// How many items there are, counted while they are examined.
private final class ItemCount: Sendable {
    private let result = Atomic<Int>(-1)

    init(of paths: [[UInt8]]) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(count: self, paths: paths))
        let status = pthread_create(
            &thread, nil,
            { raw in
                let work = Unmanaged<Work>.fromOpaque(raw!).takeRetainedValue()
                var items = 0
                for _ in IteratorSequence(FolderWalk(work.paths)) { items += 1 }
                work.count.result.store(items, ordering: .relaxed)
                return nil
            }, work.toOpaque())
        if status == 0 { pthread_detach(thread) } else { work.release() }
    }

    /// Nil until the count is complete.
    var value: Int? {
        let value = result.load(ordering: .relaxed)
        return value < 0 ? nil : value
    }

    private final class Work {
        let count: ItemCount
        let paths: [[UInt8]]
        init(count: ItemCount, paths: [[UInt8]]) { (self.count, self.paths) = (count, paths) }
    }
}

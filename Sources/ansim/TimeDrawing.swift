import MediaModel

/// Where an item shows a reference, drawn in characters: the item's time from left to right, a line a segment.
enum TimeDrawing {
    private static let width = 60

    static func lines(_ segments: [Segment], duration: Int64) -> [String] {
        let end = max(1, duration, segments.map(\.item.upperBound).max() ?? 1)
        return segments.prefix(20).map { segment in
            let from = column(segment.item.lowerBound, of: end)
            let to = max(from, column(segment.item.upperBound, of: end))
            let bar =
                String(repeating: "·", count: from) + String(repeating: "█", count: to - from + 1)
                + String(repeating: "·", count: width - 1 - to)
            let pace = segment.speed == 0 ? "one moment" : "speed \(hundredths(segment.speed))"
            return
                "  \(bar)  \(clock(segment.item)) shows \(clock(segment.reference)), \(pace), \(Progress.count(segment.frames, "frame", "frames")), median \(segment.medianDistance) bits"
        } + (segments.count > 20 ? ["  and \(segments.count - 20) more"] : [])
    }

    /// How a segment runs beside the reference, when not as that: ` at speed 1.25 backwards`.
    static func pace(_ speed: Double) -> String {
        guard speed != 0, speed != 1 else { return "" }
        return (abs(speed) == 1 ? "" : " at speed \(hundredths(abs(speed)))") + (speed < 0 ? " backwards" : "")
    }

    private static func column(_ time: Int64, of end: Int64) -> Int {
        min(width - 1, max(0, Int(Double(time) / Double(end) * Double(width))))
    }

    /// `1:02.5-1:07.0`
    static func clock(_ range: ClosedRange<Int64>) -> String {
        range.count == 1 ? clock(range.lowerBound) : clock(range.lowerBound) + "-" + clock(range.upperBound)
    }

    private static func clock(_ milliseconds: Int64) -> String {
        let all = (milliseconds + 50) / 100
        let (seconds, tenths) = (all / 10, all % 10)
        let (minutes, rest) = (seconds / 60, seconds % 60)
        return "\(minutes):\(rest < 10 ? "0" : "")\(rest).\(tenths)"
    }

    private static func hundredths(_ value: Double) -> String {
        let whole = Int((abs(value) * 100).rounded())
        let rest = whole % 100
        return (value < 0 ? "-" : "") + "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

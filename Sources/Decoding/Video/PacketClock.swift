import CFFmpeg

/// Times in ms from the stream's start, of packets in the order of decoding. Where a packet states no time it gets one,
/// and where times jump back, as in recordings that were joined, they go on from where they were.
struct PacketClock {
    private let base: AVRational
    private var start: Int64?
    private var shift: Int64 = 0
    private var latest: Int64 = 0
    private let frameTicks: Int64
    private let frameMilliseconds: Int64
    private var lastTicks: Int64?

    /// More than any reordering.
    static let jump: Int64 = 5000

    init(_ container: VideoContainer) {
        base = container.timeBase
        start = container.start
        frameMilliseconds = container.frameMilliseconds
        frameTicks = max(1, ticks(ofMilliseconds: frameMilliseconds, base))
    }

    /// Gives the packet a presentation time if it has none: it identifies its frame later.
    mutating func time(of packet: UnsafeMutablePointer<AVPacket>) -> Int64 {
        if packet.pointee.pts == noTimestamp {
            packet.pointee.pts =
                packet.pointee.dts != noTimestamp
                ? packet.pointee.dts
                : lastTicks.map { $0.addingReportingOverflow(frameTicks).partialValue } ?? start ?? 0
        }
        lastTicks = packet.pointee.pts
        if start == nil { start = packet.pointee.pts }
        var time = saturated(milliseconds(packet.pointee.pts), plus: shift)
        if time < latest - Self.jump {
            let resumed = latest + frameMilliseconds
            shift = saturated(shift, plus: resumed - time)
            time = resumed
        }
        latest = max(latest, time)
        return time
    }

    /// Of a decoded frame, once the packets around it have been seen.
    func time(atTicks ticks: Int64, near time: Int64) -> Int64 {
        let stated = saturated(milliseconds(ticks), plus: shift)
        return abs(stated - time) < Self.jump ? stated : time
    }

    private func milliseconds(_ ticks: Int64) -> Int64 {
        let (difference, overflow) = ticks.subtractingReportingOverflow(start ?? 0)
        return overflow ? 0 : Decoding.milliseconds(fromTicks: difference, base)
    }
}

/// Times in ms from the stream's start, of frames in output order, which never go back.
struct FrameClock {
    private let base: AVRational
    private var start: Int64?
    private var shift: Int64 = 0
    private var last: Int64?
    private let frameMilliseconds: Int64

    init(_ container: VideoContainer) {
        (base, start) = (container.timeBase, container.start)
        frameMilliseconds = container.frameMilliseconds
    }

    mutating func time(of frame: UnsafeMutablePointer<AVFrame>) -> Int64 {
        let ticks = frame.pointee.best_effort_timestamp
        let following = last.map { $0 + frameMilliseconds } ?? 0
        guard ticks != noTimestamp else { return keep(following) }
        if start == nil { start = ticks }
        let (difference, overflow) = ticks.subtractingReportingOverflow(start!)
        var time = saturated(overflow ? 0 : milliseconds(fromTicks: difference, base), plus: shift)
        if let last, time < last - PacketClock.jump {
            shift = saturated(shift, plus: following - time)
            time = following
        }
        return keep(time)
    }

    private mutating func keep(_ time: Int64) -> Int64 {
        let kept = max(time, last ?? 0)
        last = kept
        return kept
    }
}

/// Rounded to the nearest; at most 2^53 either way, so that sums are safe.
func milliseconds(fromTicks ticks: Int64, _ base: AVRational) -> Int64 {
    scaled(ticks, by: Double(base.num) * 1000 / Double(max(1, base.den)))
}

/// Times that jump to and fro add up.
private func saturated(_ time: Int64, plus difference: Int64) -> Int64 {
    max(-(1 << 53), min(1 << 53, time + difference))
}

private func ticks(ofMilliseconds time: Int64, _ base: AVRational) -> Int64 {
    scaled(time, by: Double(base.den) / (Double(max(1, base.num)) * 1000))
}

private func scaled(_ value: Int64, by factor: Double) -> Int64 {
    let result = (Double(value) * factor).rounded()
    return Int64(min(max(result, -0x1p52), 0x1p52))
}

import CFFmpeg
import CommonDecoding
import Glibc
import MediaModel

/// The packets of a video that a decoder has to see for the frames that are wanted.
final class PacketFeed {
    private let container: VideoContainer
    private let budget: Budget
    private let reader: PacketReader
    private var order: PacketOrder
    private var clock: PacketClock
    private var plan: FramePlan?
    /// Of AV1.
    private var trace: AV1Trace?
    /// Those that the plan has seen and the decoder has not, at the same positions.
    private var ahead = RingQueue<UnsafeMutablePointer<AVPacket>>()
    private var bytesAhead = 0
    private var hasEnded = false
    private var hasGap = false
    /// The decoder has to forget what it knows before it sees the packet at hand: it counts frames, and would put those
    /// after the gap into a wrong order.
    private(set) var isAfterGap = false
    /// The packet at hand is a wanted key frame on which no other wanted frame depends.
    private(set) var isAlone = false
    private var current: UnsafeMutablePointer<AVPacket>?

    /// Frames that are wanted and have not come yet.
    private(set) var awaited: [AwaitedFrame] = []
    private var numbering = FrameNumbering()
    /// Packets of the video that were read.
    private(set) var packets = 0

    /// The times of all frames, in ms; of the last one.
    private(set) var lastTime: Int64 = 0

    /// Enough for the usual ten seconds between key frames at 60 frames a second, and to see that a video of 11 s is short.
    private static let packetsAhead = 672
    private static let bytesAheadLimit = 32 << 20
    /// More than decoders keep back.
    private static let awaitedLimit = 256

    init(_ container: VideoContainer, selection: FrameSelection, budget: Budget) {
        (self.container, self.budget) = (container, budget)
        reader = PacketReader(container.stream.pointee.codecpar)
        order = PacketOrder(reorders: reader.hasPlainReordering)
        clock = PacketClock(container)
        let rule: FramePlan.Rule? =
            switch selection {
            case .every, .vpdq: nil
            case .interval(let interval): .interval(Int64(max(1, interval)))
            case .keyFrames where reader.isAnimation || container.isPictureSequence: .animation
            case .keyFrames(let gap): .gap(gap.map { Int64(max(0, $0)) }, isIntraOnly: reader.isIntraOnly)
            }
        plan = rule.map { [reader] in
            FramePlan($0, hasKeyFrames: reader.hasKeyFrames, frameMilliseconds: container.frameMilliseconds)
        }
        if plan != nil { trace = reader.trace }
    }

    deinit {
        av_packet_free(&current)
        while !ahead.isEmpty { free(ahead.removeFirst()) }
        order.end()
        while let (packet, _) = order.next() { free(packet) }
    }

    private func free(_ packet: UnsafeMutablePointer<AVPacket>) {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// The next packet to decode, owned by the feed until the next call; nil at the end.
    func next() throws(DecodeError) -> UnsafeMutablePointer<AVPacket>? {
        guard plan != nil else {
            if current == nil { current = av_packet_alloc() }
            guard let current else { throw .tooMuchMemory }
            av_packet_unref(current)
            guard try container.read(into: current, budget: budget) else { return nil }
            packets += 1
            return current
        }
        while true {
            av_packet_free(&current)
            try fill()
            let isDecided = trace != nil && plan?.isDecidedToNextKey() == true
            if isDecided, let plan { trace?.mark(plan) }
            guard let (entry, need) = plan?.removeFirst() else { return nil }
            current = ahead.removeFirst()
            bytesAhead -= Int(current!.pointee.size)
            let isEmpty = try !shorten(isDecided: isDecided)
            guard need == .isNeeded, !isEmpty else {
                if need == .leavesGap { hasGap = true }
                continue
            }
            isAfterGap = hasGap
            hasGap = false
            isAlone = entry.isWanted && entry.facts.isKey && plan?.leavesKeyFrameAlone() == true
            if entry.isWanted {
                if awaited.count == Self.awaitedLimit { awaited.removeFirst() }
                awaited.append(AwaitedFrame(timestamp: current!.pointee.pts, time: entry.time))
            }
            return current
        }
    }

    /// Leaves frames out of the packet at hand that are not needed. - Returns: false where none is.
    private func shorten(isDecided: Bool) throws(DecodeError) -> Bool {
        guard trace != nil, let current else { return true }
        guard let useless = trace!.removeFirst(isDecided: isDecided) else { return false }
        guard !useless.isEmpty else { return true }
        guard av_packet_make_writable(current) >= 0 else { throw .tooMuchMemory }
        let bytes = current.pointee.data!
        var end = 0
        var from = 0
        for range in useless + [Int(current.pointee.size)..<Int(current.pointee.size)] {
            memmove(bytes + end, bytes + from, range.lowerBound - from)
            end += range.lowerBound - from
            from = range.upperBound
        }
        av_shrink_packet(current, Int32(end))
        return true
    }

    private func fill() throws(DecodeError) {
        while !hasEnded, ahead.count < Self.packetsAhead, bytesAhead < Self.bytesAheadLimit {
            var fresh = av_packet_alloc()
            guard let packet = fresh else { throw .tooMuchMemory }
            do throws(DecodeError) {
                guard try container.read(into: packet, budget: budget) else {
                    av_packet_free(&fresh)
                    hasEnded = true
                    order.end()
                    plan?.end()
                    break
                }
            } catch {
                av_packet_free(&fresh)
                throw error
            }
            packets += 1
            bytesAhead += Int(packet.pointee.size)
            order.append(packet, reader.facts(of: packet))
            takeOrdered()
        }
        if hasEnded { takeOrdered() }
    }

    private func takeOrdered() {
        while case (let packet, var facts)? = order.next() {
            let time = clock.time(of: packet)
            trace?.append(
                UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(max(0, packet.pointee.size))), &facts)
            ahead.append(packet)
            plan?.append(FramePlan.Entry(time: time, facts: facts))
            if facts.isShown {
                numbering.add(time)
                lastTime = max(lastTime, time)
            }
        }
    }

    /// What is known of a decoded frame, if it is one of those that were wanted, or stands for one that was lost.
    func take(_ frame: UnsafeMutablePointer<AVFrame>) -> (number: Int, time: Int64)? {
        let timestamp = frame.pointee.pts != noTimestamp ? frame.pointee.pts : frame.pointee.best_effort_timestamp
        var found = awaited.firstIndex { $0.timestamp == timestamp }
        if found == nil, timestamp != noTimestamp {
            // Frames come in the order of their times: one before this did not come.
            found = awaited.firstIndex { $0.timestamp < timestamp }
        }
        guard let found else { return nil }
        let isSame = awaited[found].timestamp == timestamp
        let time = isSame ? awaited[found].time : clock.time(atTicks: timestamp, near: awaited[found].time)
        awaited.remove(at: found)
        return (numbering.number(at: time), time)
    }
}

/// A frame that was sent to the decoder because it is wanted.
struct AwaitedFrame {
    let timestamp: Int64
    let time: Int64
}

/// Counts frames by their times, as packets tell them.
struct FrameNumbering {
    /// Of frames that are not counted yet, ascending.
    private var times: [Int64] = []
    private var counted = 0
    private static let limit = 8192

    mutating func add(_ time: Int64) {
        var at = times.count
        while at > 0, times[at - 1] > time { at -= 1 }
        times.insert(time, at: at)
        if times.count > Self.limit { count(Self.limit / 2) }
    }

    /// How many frames come before that time. It can't be asked for earlier ones afterwards.
    mutating func number(at time: Int64) -> Int {
        count(times.firstIndex { $0 >= time } ?? times.count)
        return counted
    }

    private mutating func count(_ frames: Int) {
        times.removeFirst(frames)
        counted += frames
    }
}

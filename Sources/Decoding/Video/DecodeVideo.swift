import CFFmpeg
import CLibAVShims
public import CommonDecoding
public import MediaModel

/// Decodes a video and hands on the frames that `selection` names, in the order in which they are shown.
///
/// The bytes are read from the descriptor at any position, through nothing but `pread`; it stays the caller's. Damaged
/// packets are passed over and counted, a file that is cut off is used as far as it goes (both said in the result's
/// `damage`), except for `.vpdq`. An error may come after frames were handed on: what they tell is true all the same.
///
/// - Parameters:
///   - precision: of the hashes that the frames are for: luma (fast), or the colours that vPDQ hashes (exact).
///   - arithmetic: of exact colours.
public func decodeVideo(
    descriptor: Int32, limits: ItemLimits, selection: FrameSelection, precision: HashPrecision,
    arithmetic: VPDQArithmetic = .x86, into sink: inout some FrameSink
) throws(DecodeError) -> Video {
    let budget = Budget(limits, seconds: limits.videoSeconds)
    let input = try DescriptorInput(descriptor, budget: budget)
    if isWebP(input) {
        return try decodeWebPAnimation(input, budget: budget, selection: selection, into: &sink)
    }
    var isVPDQ = false
    if case .vpdq = selection { isVPDQ = true }
    let container = try VideoContainer(input, budget: budget, takesCovers: isVPDQ)
    let feed = PacketFeed(container, selection: selection, budget: budget)
    let decoder = try VideoDecoder(container.stream, budget: budget)
    var output = FrameOutput(
        container, feed, selection: selection,
        converter: FrameConverter(precision: precision, arithmetic: arithmetic, budget: budget), budget: budget)
    var limit: DecodeError?
    do throws(DecodeError) {
        while let packet = try feed.next() {
            if feed.isAfterGap {
                try output.decode(nil, with: decoder, into: &sink)
                decoder.flush()
            }
            // Blocks that show weigh next to nothing in a fast hash, and only this frame has them.
            decoder.skipsLoopFilter = precision == .fast && feed.isAlone
            try output.decode(packet, with: decoder, into: &sink)
        }
        // vPDQ's packet that ends the stream always belongs to stream 0.
        if !isVPDQ || container.index == 0 { try output.decode(nil, with: decoder, into: &sink) }
    } catch {
        // What was seen before a limit stays seen.
        guard error.isLimit, !isVPDQ, output.video.frames > 0 else { throw error }
        limit = error
    }

    var video = output.video
    video.limit = limit
    video.duration = max(video.duration, feed.lastTime)
    video.rotation = container.rotation
    (video.container, video.codec) = (container.name, decoder.name)
    video.framesPerSecond = container.framesPerSecond
    video.hasFurtherStreams = container.hasFurtherStreams
    video.damage = output.damage(readErrors: container.readErrors, extent: ContainerExtent(input))
    guard video.decodedFrames > 0 else {
        throw .corrupt("no frame can be decoded" + (video.damage.map { " (\($0))" } ?? ""))
    }
    return video
}

/// What comes out of the decoder, and what goes on to the sink.
private struct FrameOutput {
    private let feed: PacketFeed
    private let selection: FrameSelection
    private let converter: FrameConverter
    private let budget: Budget
    private let vpdqStep: Int
    private var clock: FrameClock
    private var damagedPackets = 0
    private var damagedFrames = 0
    private(set) var video = Video()

    private static let vpdqLeastSide = 5

    init(
        _ container: VideoContainer, _ feed: PacketFeed, selection: FrameSelection, converter: FrameConverter,
        budget: Budget
    ) {
        (self.feed, self.selection, self.converter, self.budget) = (feed, selection, converter, budget)
        clock = FrameClock(container)
        if case .vpdq(let seconds) = selection {
            vpdqStep = vpdqFrameStep(secondsPerHash: seconds, framesPerSecond: container.framesPerSecond)
        } else {
            vpdqStep = 1
        }
    }

    /// - Parameter packet: nil when no more comes.
    mutating func decode(
        _ packet: UnsafeMutablePointer<AVPacket>?, with decoder: VideoDecoder, into sink: inout some FrameSink
    ) throws(DecodeError) {
        var status = decoder.send(packet)
        if status == cm_av_error_again() {
            try receive(from: decoder, into: &sink)
            status = decoder.send(packet)
        }
        if status == cm_av_error_no_memory() { throw .tooMuchMemory }
        if status < 0, status != cm_av_error_end() { try countDamage(status) }
        try receive(from: decoder, into: &sink)
    }

    private mutating func receive(from decoder: VideoDecoder, into sink: inout some FrameSink) throws(DecodeError) {
        while true {
            switch try decoder.receive() {
            case .needsMore, .end: return
            case .damage(let status):
                try countDamage(status)
                // A decoder could say so for ever.
                try budget.checkTime()
                return
            case .frame(let frame): try take(frame, into: &sink)
            }
        }
    }

    private mutating func countDamage(_ status: Int32) throws(DecodeError) {
        if case .vpdq = selection { throw .corrupt("a packet can't be decoded (\(libAVText(status)))") }
        damagedPackets += 1
    }

    private mutating func take(
        _ frame: UnsafeMutablePointer<AVFrame>, into sink: inout some FrameSink
    ) throws(DecodeError) {
        let number = video.decodedFrames
        let time = clock.time(of: frame)
        if number == 0 { (video.width, video.height) = (Int(frame.pointee.width), Int(frame.pointee.height)) }
        guard number < budget.limits.frames else { throw .tooComplex("more than \(budget.limits.frames) frames") }
        video.decodedFrames += 1
        video.duration = max(video.duration, time)
        var place = (number: number, time: time)
        if selection.leavesOutPackets {
            guard let known = feed.take(frame) else { return }
            place = known
        } else if case .vpdq = selection {
            guard number % vpdqStep == 0 else { return }
            guard min(frame.pointee.width, frame.pointee.height) >= Self.vpdqLeastSide else {
                throw .unsupported("vPDQ hashes no frame with a side under \(Self.vpdqLeastSide) pixels")
            }
        }
        if frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 {
            damagedFrames += 1
        }
        try budget.checkTime()
        let pixels = try converter.pixels(of: frame)
        let isKey = frame.pointee.key_frame != 0
        try sink.add(FrameTime(number: place.number, milliseconds: place.time, isKey: isKey), pixels)
        video.frames += 1
    }

    func damage(readErrors: Int, extent: ContainerExtent) -> String? {
        var parts: [String] = []
        if extent.isCutOff { parts.append("the file ends too early") }
        if damagedPackets > 0 { parts.append("damaged packets: \(damagedPackets)") }
        if damagedFrames > 0 { parts.append("damaged frames: \(damagedFrames)") }
        if readErrors > 0 { parts.append("failed reads: \(readErrors)") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

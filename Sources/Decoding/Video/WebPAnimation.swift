import CWebP
import CommonDecoding
import MediaModel

func isWebP(_ input: DescriptorInput) -> Bool {
    let head = input.bytes(at: 0, count: 12)
    return head.starts(with: Array("RIFF".utf8)) && head.dropFirst(8).starts(with: Array("WEBP".utf8))
}

/// Decodes an animated WebP, which this libav can't: all its pictures, as they lie on the canvas over black.
func decodeWebPAnimation(
    _ input: DescriptorInput, budget: Budget, selection: FrameSelection, into sink: inout some FrameSink
) throws(DecodeError) -> Video {
    guard input.size <= budget.limits.memory / 2 else { throw .tooMuchMemory }
    let file = try budget.allocate(Int(input.size))
    var count = 0
    while count < file.count {
        let got = input.read(into: file.bytes + count, count: file.count - count, at: Int64(count))
        guard got > 0 else { throw .corrupt("the file can't be read") }
        count += got
    }
    var features = WebPBitstreamFeatures()
    guard WebPGetFeatures(file.bytes, file.count, &features) == VP8_STATUS_OK else {
        throw .corrupt("broken WebP data")
    }
    let (width, height) = (Int(features.width), Int(features.height))
    try budget.checkSize(width: width, height: height)
    // Its canvas, a second one and the picture laid onto them.
    guard width * height * 12 <= budget.limits.memory - file.count else { throw .tooMuchMemory }

    var data = WebPData(bytes: file.bytes, size: file.count)
    var options = WebPAnimDecoderOptions()
    guard WebPAnimDecoderOptionsInitInternal(&options, WEBP_DEMUX_ABI_VERSION) != 0 else { throw .tooMuchMemory }
    options.color_mode = MODE_RGBA
    options.use_threads = 0
    guard let decoder = WebPAnimDecoderNewInternal(&data, &options, WEBP_DEMUX_ABI_VERSION) else {
        throw .corrupt("a broken animation")
    }
    defer { WebPAnimDecoderDelete(decoder) }
    var info = WebPAnimInfo()
    WebPAnimDecoderGetInfo(decoder, &info)

    var video = Video()
    (video.width, video.height, video.container, video.codec) = (width, height, "webp", "webp")
    var choice = PictureChoice(selection)
    var start: Int64 = 0
    while WebPAnimDecoderHasMoreFrames(decoder) != 0 {
        try budget.checkTime()
        guard video.decodedFrames < budget.limits.frames else {
            throw .tooComplex("more than \(budget.limits.frames) frames")
        }
        var pixels: UnsafeMutablePointer<UInt8>?
        var end: Int32 = 0
        guard WebPAnimDecoderGetNext(decoder, &pixels, &end) != 0, let pixels else {
            video.damage = "damaged data (frame \(video.decodedFrames) of \(info.frame_count))"
            break
        }
        if choice.wants(number: video.decodedFrames, at: start) {
            try sink.add(
                FrameTime(number: video.decodedFrames, milliseconds: start, isKey: video.decodedFrames == 0),
                FramePixels(width: width, height: height, channels: 4, pixels: pixels, stride: width * 4))
            video.frames += 1
        }
        video.duration = start
        video.decodedFrames += 1
        start = max(start, Int64(end))
    }
    guard video.decodedFrames > 0 else { throw .corrupt("an animation without a whole frame") }
    video.framesPerSecond = start > 0 ? Double(video.decodedFrames) * 1000 / Double(start) : 0
    if video.damage == nil, ContainerExtent(input).isCutOff { video.damage = "the file ends too early" }
    return video
}

/// Which pictures of an animation are handed on; all are decoded.
private struct PictureChoice {
    private let interval: Int64
    /// So many come first, whenever they are shown.
    private let firstCount: Int
    private var next: Int64 = 0

    init(_ selection: FrameSelection) {
        (interval, firstCount) =
            switch selection {
            case .every: (0, 0)
            case .keyFrames: (FramePlan.animationInterval, FramePlan.animationFrames)
            case .interval(let interval): (Int64(max(0, interval)), 0)
            // The reference can't read such files; by time is as near as it gets.
            case .vpdq(let seconds): (Int64(min(max(0, seconds), 1e6) * 1000), 0)
            }
    }

    mutating func wants(number: Int, at time: Int64) -> Bool {
        guard interval > 0 else { return true }
        guard time >= next || number < firstCount else { return false }
        next = (time + interval / 2) / interval * interval - interval / 2 + interval
        return true
    }
}

import CommonDecoding
import Lockdown
import MediaModel
import PerceptualHash
import WorkerProtocol

/// Decodes and hashes an item that was read. Nil if another worker has to do it.
///
/// - Parameter send: takes messages about a video's frames; false when the parent is gone.
func decode(
    _ item: ReadItem, _ descriptor: Int32, _ request: WorkerRequest, by decoder: some MediaDecoder,
    send: @escaping ([UInt8]) -> Bool
) -> WorkerReply? {
    switch item {
    case .answered(let reply): return reply
    case .elsewhere: return nil
    case .picture(let bytes, let digests):
        defer { item.discard() }
        limitProcessorTime(seconds: request.limits.seconds + 1)
        var beside = BesideHashes()
        guard let content = hash(bytes, descriptor, request, by: decoder, &beside, send: send) else { return nil }
        return WorkerReply(
            byteCount: Int64(bytes.count), sha256: digests.sha256, content: content, details: beside.details,
            thumbnail: beside.thumbnail, digests: digests.others)
    case .video(let size, let digests):
        limitProcessorTime(seconds: request.limits.videoSeconds + 1)
        var beside = BesideHashes()
        do throws(DecodeError) {
            let content = try hashFrames(descriptor, .video, request, by: decoder, &beside, send)
            return WorkerReply(
                byteCount: Int64(size), sha256: digests.sha256, content: content, thumbnail: beside.thumbnail,
                digests: digests.others)
        } catch {
            return WorkerReply(
                byteCount: Int64(size), sha256: digests.sha256,
                content: .failure(ItemFailure(error, limits: request.limits, isVideo: true), format: .video),
                digests: digests.others)
        }
    }
}

/// What is told of an item beside its hashes.
private struct BesideHashes {
    var details = PictureDetails.none
    var thumbnail: Thumbnail?
}

private func hash(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: Int32, _ request: WorkerRequest, by decoder: some MediaDecoder,
    _ beside: inout BesideHashes, send: @escaping ([UInt8]) -> Bool
) -> WorkerReply.Content? {
    guard !bytes.isEmpty else {
        return .failure(ItemFailure(.undecodable, .empty, "no bytes"), format: .unknown)
    }
    // A sequence need not have a picture of its own.
    let isSequence = isPictureSequence(bytes) && [.heif, .avif].contains(sniff(bytes))
    if isSequence, decoder.decodes(.video),
        let video = try? hashFrames(descriptor, sniff(bytes), request, by: decoder, &beside, send)
    {
        return video
    }
    var sink = HashingSink(request)
    do throws(DecodeError) {
        guard
            let picture = try decoder.picture(
                bytes, limits: request.limits, precision: request.precision, into: &sink)
        else { return nil }
        // Animated pictures are videos; what can't be decoded as one stays a picture with further frames.
        if picture.hasFurtherFrames, [.gif, .png, .webp].contains(picture.format) {
            guard decoder.decodes(.video) else { return nil }
            if let video = try? hashFrames(descriptor, picture.format, request, by: decoder, &beside, send) {
                return video
            }
        }
        var (pdq, precision) = (sink.finish(), request.precision)
        if pdq.isUncertain {
            // It depends on the picture alone, so the ledger may keep the exact hash.
            var exact = HashingSink(request, precision: .exact)
            guard
                try decoder.picture(bytes, limits: request.limits, precision: .exact, into: &exact) != nil
            else { return nil }
            (pdq, precision) = (exact.finish(), .exact)
        }
        let facts = PictureFacts(
            format: picture.format, width: picture.shape.width, height: picture.shape.height,
            exifOrientation: picture.exifOrientation, quality: pdq.feature.quality,
            isDegenerate: pdq.feature.isDegenerate, damage: picture.damage,
            hasFurtherFrames: picture.hasFurtherFrames, precision: precision)
        beside.details = sink.details(request)
        if request.wantsThumbnail { beside.thumbnail = sink.thumbnail }
        return .picture(facts, hashes: pdq.hashes)
    } catch {
        return .failure(ItemFailure(error, limits: request.limits), format: sniff(bytes))
    }
}

private func hashFrames(
    _ descriptor: Int32, _ format: MediaFormat, _ request: WorkerRequest, by decoder: some MediaDecoder,
    _ beside: inout BesideHashes, _ send: @escaping ([UInt8]) -> Bool
) throws(DecodeError) -> WorkerReply.Content {
    var sink = FrameHasher(request, send: send)
    var video = Video()
    do throws(DecodeError) {
        video = try decoder.video(
            descriptor, limits: request.limits, selection: FrameSelection(request.frameMode),
            precision: request.precision, into: &sink)
    } catch {
        // What was seen before it stays seen.
        guard sink.hasFrames, request.frameMode.toleratesDamage else { throw error }
        if error.isLimit {
            video.limit = error
        } else {
            video.damage = ItemFailure(error, limits: request.limits, isVideo: true).detail
        }
    }
    sink.flush()
    beside.thumbnail = sink.thumbnail
    let facts = VideoFacts(
        format: format, container: video.container, codec: video.codec, width: video.width, height: video.height,
        rotation: video.rotation, durationMilliseconds: max(0, video.duration),
        framesPerSecond: video.framesPerSecond.isFinite ? video.framesPerSecond : 0, damage: video.damage,
        hasFurtherStreams: video.hasFurtherStreams, precision: request.precision,
        limit: video.limit.map { ItemFailure($0, limits: request.limits, isVideo: true) })
    return .video(facts, frameCount: sink.count)
}

extension FrameSelection {
    init(_ mode: FrameMode) {
        switch mode {
        case .every: self = .every
        case .keyFrames(let gap): self = .keyFrames(maximumGap: gap)
        case .interval(let milliseconds): self = .interval(milliseconds)
        case .vpdq(let seconds): self = .vpdq(secondsPerHash: seconds)
        }
    }
}

extension FrameMode {
    /// vPDQ's reference has no hash of a video in which anything is wrong.
    fileprivate var toleratesDamage: Bool {
        if case .vpdq = self { false } else { true }
    }
}

extension ItemFailure {
    /// A decoder's error as the item's verdict.
    init(_ error: DecodeError, limits: ItemLimits, isVideo: Bool = false) {
        switch error {
        case .notAPicture(let what): self.init(.undecodable, .notAPicture, what)
        case .unsupported(let why): self.init(.unsupported, .unsupportedFormat, why)
        case .corrupt(let why): self.init(.undecodable, .corrupt, why)
        case .tooManyPixels(let width, let height):
            self.init(.overLimit, .tooManyPixels, "\(width) x \(height) pixels, more than \(limits.pixels)")
        case .tooMuchMemory: self.init(.overLimit, .tooMuchMemory, "needs more than \(limits.memory) bytes of memory")
        case .tooSlow:
            self.init(
                .overLimit, .tooSlow, "takes more than \(isVideo ? limits.videoSeconds : limits.seconds) s of CPU time")
        case .tooComplex(let why): self.init(.overLimit, .tooComplex, why)
        }
    }
}

import CommonDecoding
import ContentDigest
import Glibc
import LocalFeatures
import Lockdown
import MediaModel
import PerceptualHash
import PictureRegions
import WorkerProtocol

/// An item that was read and digested, and waits to be decoded.
enum ReadItem {
    /// Nothing is left to do.
    case answered(WorkerReply)
    /// Its bytes, which `decode` frees; a video is never held whole.
    case picture(UnsafeRawBufferPointer, BytesDigests)
    case video(byteCount: Int, BytesDigests)
    /// Another worker has to do it.
    case elsewhere

    var digest: SHA256Digest? {
        switch self {
        case .answered, .elsewhere: nil
        case .picture(_, let digests), .video(_, let digests): digests.sha256
        }
    }

    /// For an item that is not to be decoded.
    func discard() {
        if case .picture(let bytes, _) = self { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
    }
}

/// Reads and digests one item.
///
/// - Parameter send: takes signs of life; false when the parent is gone.
func read(
    _ descriptor: Int32, _ request: WorkerRequest, by decoder: some MediaDecoder, send: @escaping ([UInt8]) -> Bool
) -> ReadItem {
    limitProcessorTime(seconds: request.limits.seconds + 1)
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else {
        return .answered(failed(0, nil, .undecodable, .unreadable, errorText("can't find its size")))
    }
    let format = sniffed(descriptor)
    guard decoder.decodes(format) else { return .elsewhere }
    if format == .video { return readVideo(descriptor, size: size, request, send: send) }
    guard size <= request.limits.bytes else {
        let digest = digestOnly(descriptor, request, seconds: request.limits.seconds)
        return .answered(
            failed(Int64(size), digest, .overLimit, .tooManyBytes, "\(size) bytes, more than \(request.limits.bytes)"))
    }
    guard let bytes = malloc(max(1, size)) else {
        return .answered(
            failed(
                Int64(size), digestOnly(descriptor, request, seconds: request.limits.seconds), .overLimit,
                .tooMuchMemory,
                "no memory for a file of \(size) bytes"))
    }
    guard let count = readAll(descriptor, into: bytes, count: size) else {
        free(bytes)
        return .answered(failed(Int64(size), nil, .undecodable, .unreadable, errorText("can't be read to its end")))
    }
    let content = UnsafeRawBufferPointer(start: bytes, count: count)
    return .picture(content, BytesDigests(content, request))
}

/// A video's bytes are read once for the digest, then as the demuxer wants them.
private func readVideo(
    _ descriptor: Int32, size: Int, _ request: WorkerRequest, send: @escaping ([UInt8]) -> Bool
) -> ReadItem {
    limitProcessorTime(seconds: request.limits.videoSeconds + 1)
    guard size <= request.limits.videoBytes else {
        return .answered(
            failed(
                Int64(size), digestOnly(descriptor, request, seconds: request.limits.wallSeconds / 2), .overLimit,
                .tooManyBytes,
                "\(size) bytes, more than \(request.limits.videoBytes)"))
    }
    guard let digest = digestOnly(descriptor, request, seconds: request.limits.videoSeconds, send: send) else {
        return .answered(failed(Int64(size), nil, .undecodable, .unreadable, errorText("can't be read to its end")))
    }
    return .video(byteCount: size, digest)
}

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
        video.damage = ItemFailure(error, limits: request.limits, isVideo: true).detail
    }
    sink.flush()
    beside.thumbnail = sink.thumbnail
    let facts = VideoFacts(
        format: format, container: video.container, codec: video.codec, width: video.width, height: video.height,
        rotation: video.rotation, durationMilliseconds: max(0, video.duration),
        framesPerSecond: video.framesPerSecond.isFinite ? video.framesPerSecond : 0, damage: video.damage,
        hasFurtherStreams: video.hasFurtherStreams, precision: request.precision)
    return .video(facts, frameCount: sink.count)
}

/// By the first bytes; `unknown` where none can be read.
private func sniffed(_ descriptor: Int32) -> MediaFormat {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { head in
        let got = pread(descriptor, head.baseAddress, head.count, 0)
        return got > 0 ? sniff(UnsafeRawBufferPointer(rebasing: head[..<got])) : .unknown
    }
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

/// Local features that are kept of a reference.
private let referenceFeatures = 600
/// Local features that an item is looked up by.
private let itemFeatures = 600

/// Decoded rows go straight into the hash.
private struct HashingSink: PixelSink {
    let convention: HashConvention
    let wanted: HashSet
    let precision: HashPrecision
    /// Bytes that the hasher may take.
    let memory: Int
    private var hasher: PDQHasher?
    private var luma: LumaReducer?
    private let depth: SearchDepth
    private let wantsLuma: Bool

    init(_ request: WorkerRequest, precision: HashPrecision? = nil) {
        (convention, wanted, depth) = (request.convention, request.wanted, request.depth)
        self.precision = precision ?? request.precision
        memory = request.limits.memory
        wantsLuma = request.depth > .quick || request.wantsThumbnail
    }

    mutating func begin(_ shape: PictureShape) throws(DecodeError) {
        // A very wide picture costs more in the filter than in its decoder.
        let needed =
            PDQHasher.memory(width: shape.width, height: shape.height, precision: precision)
            + (wantsLuma ? LumaReducer.memory(width: shape.width) : 0)
        guard needed <= memory else { throw .tooMuchMemory }
        luma = nil
        if wantsLuma {
            luma = LumaReducer(
                width: shape.rowBytes / shape.channels, height: shape.rowCount, channels: shape.channels)
        }
        hasher = PDQHasher(
            width: shape.width, height: shape.height, layout: PixelLayout(channels: shape.channels),
            convention: convention, wanted: wanted, precision: precision, reduction: shape.reduction)
    }

    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        hasher!.add(rows: rows, count: count, stride: stride)
        luma?.add(rows: rows, count: count, stride: stride)
    }

    /// - Precondition: a picture was decoded into it.
    func finish() -> PDQ { hasher!.finish() }

    /// - Precondition: a picture was decoded into it.
    var thumbnail: Thumbnail? { (luma?.finish()).map { Thumbnail(blurring: $0) } }

    /// What the request wants of the picture beside its hashes. - Precondition: a picture was decoded into it.
    func details(_ request: WorkerRequest) -> PictureDetails {
        guard depth > .quick, let picture = luma?.finish() else { return .none }
        let isReference = request.wanted == .reference
        var details = PictureDetails(
            hashes: isReference
                ? referenceCrops(picture, gate: .usualGate) : itemRegions(picture, gate: .usualGate))
        guard depth == .full else { return details }
        details.features = picture.pixels.withUnsafeBufferPointer { pixels in
            localFeatures(
                luma: pixels.baseAddress!, width: picture.width, height: picture.height, stride: picture.width,
                maximumCount: isReference ? referenceFeatures : itemFeatures)
        }
        return details
    }
}

/// The bytes that could be read (fewer when the file shrank meanwhile); nil on an error.
private func readAll(_ descriptor: Int32, into bytes: UnsafeMutableRawPointer, count: Int) -> Int? {
    var done = 0
    while done < count {
        let got = pread(descriptor, bytes + done, count - done, off_t(done))
        if got > 0 { done += got } else if got == 0 { break } else if errno != EINTR { return nil }
    }
    return done
}

/// For files too large to hold: they can still match by their bytes. Nil when that takes too long.
///
/// - Parameter send: told now and then, without frames, that work goes on.
private func digestOnly(
    _ descriptor: Int32, _ request: WorkerRequest, seconds: Int, send: (([UInt8]) -> Bool)? = nil
) -> BytesDigests? {
    let end = ContinuousClock.now + .seconds(seconds)
    var lastSign = ContinuousClock.now
    let hasher = BytesDigests.Hasher(request)
    let size = 1 << 20
    guard let chunk = malloc(size) else { return nil }
    defer { free(chunk) }
    var offset = 0
    while true {
        guard ContinuousClock.now < end else { return nil }
        if let send, ContinuousClock.now - lastSign > .seconds(1) {
            guard send(WorkerFrames(frames: []).encoded) else { exit(0) }
            lastSign = .now
        }
        let got = pread(descriptor, chunk, size, off_t(offset))
        if got == 0 { break }
        if got < 0 {
            guard errno == EINTR else { return nil }
            continue
        }
        hasher.update(UnsafeRawBufferPointer(start: chunk, count: got))
        offset += got
    }
    return hasher.finish()
}

private func errorText(_ what: String) -> String { "\(what): \(String(cString: strerror(errno)))" }

private func failed(
    _ byteCount: Int64, _ digests: BytesDigests?, _ verdict: Verdict, _ reason: ItemFailure.Reason, _ detail: String
) -> WorkerReply {
    WorkerReply(
        byteCount: byteCount, sha256: digests?.sha256,
        content: .failure(ItemFailure(verdict, reason, detail), format: .unknown), digests: digests?.others)
}

extension ItemFailure {
    /// A decoder's error as the item's verdict.
    init(_ error: DecodeError, limits: ItemLimits, isVideo: Bool = false) {
        switch error {
        case .notAPicture: self.init(.undecodable, .notAPicture, "no picture format that is known")
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

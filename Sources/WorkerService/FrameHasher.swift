import CommonDecoding
import Glibc
import MediaModel
import PerceptualHash
import PictureRegions
import WorkerProtocol

/// Hashes a video's frames as they come and tells of them, some at a time.
struct FrameHasher: FrameSink {
    private let request: WorkerRequest
    private let send: ([UInt8]) -> Bool
    private var detailer: FrameDetailer
    private var batch: [HashedFrame] = []
    /// Of `batch`, encoded.
    private var batchBytes = 0
    private var lastKept: Hash256?
    private var lastSent = ContinuousClock.now
    /// If it was wanted: of the first frame that shows something.
    private(set) var thumbnail: Thumbnail?
    /// Frames that were looked at for it.
    private var seen = 0
    private static let maximumSeen = 20

    /// Frames that were told of.
    private(set) var count = 0

    /// - Parameter send: takes a message; false when nobody is there any more.
    init(_ request: WorkerRequest, send: @escaping ([UInt8]) -> Bool) {
        (self.request, self.send) = (request, send)
        detailer = FrameDetailer(request)
    }

    mutating func add(_ time: FrameTime, _ pixels: FramePixels) throws(DecodeError) {
        guard
            PDQHasher.memory(width: pixels.width, height: pixels.height, precision: request.precision)
                <= request.limits.memory
        else { throw .tooMuchMemory }
        // A reference's frames answer in eight orientations: there are many of them, so one alignment does.
        let hasher = PDQHasher(
            width: pixels.width, height: pixels.height, layout: PixelLayout(channels: pixels.channels),
            wanted: request.wanted == .single ? .single : .dihedral, precision: request.precision)
        hasher.add(rows: pixels.pixels, count: pixels.height, stride: pixels.stride)
        let pdq = hasher.finish()
        let distance = lastKept.map { $0.distance(to: pdq.feature.hash) } ?? 257
        if distance > request.leastFrameDistance {
            lastKept = pdq.feature.hash
            let isComparable = pdq.feature.isComparable(gate: .usualGate)
            let frame = HashedFrame(
                time: FrameFeature(milliseconds: Int32(clamping: max(0, time.milliseconds)), feature: pdq.feature),
                hashes: pdq.hashes,
                details: isComparable
                    ? detailer.details(of: pixels, at: time.milliseconds, hash: pdq.feature.hash) : .none)
            if !WorkerFrames.fits(frame, after: batchBytes, count: batch.count) { flush() }
            batch.append(frame)
            batchBytes += WorkerFrames.encodedCount(of: frame)
        }
        if request.wantsThumbnail { try lookAt(pixels, isClear: pdq.feature.isComparable(gate: .usualGate)) }
        // Now and then a message without frames: the parent waits for signs of life.
        if ContinuousClock.now - lastSent > .seconds(1) { flush() }
    }

    /// - Throws: when it has what is wanted: then the rest of the video is not decoded.
    private mutating func lookAt(_ pixels: FramePixels, isClear: Bool) throws(DecodeError) {
        seen += 1
        guard isClear || seen == Self.maximumSeen else { return }
        let reducer = LumaReducer(width: pixels.width, height: pixels.height, channels: pixels.channels)
        reducer.add(rows: pixels.pixels, count: pixels.height, stride: pixels.stride)
        thumbnail = Thumbnail(blurring: reducer.finish())
        throw .tooComplex("a frame was enough")
    }

    /// Whether any frame was kept.
    var hasFrames: Bool { count + batch.count > 0 }

    /// Tells of the frames that were not told of yet.
    mutating func flush() {
        guard send(WorkerFrames(frames: batch).encoded) else { exit(0) }
        count += batch.count
        batch.removeAll(keepingCapacity: true)
        batchBytes = 0
        lastSent = .now
    }
}

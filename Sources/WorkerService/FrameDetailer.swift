import CommonDecoding
import LocalFeatures
import MediaModel
import PictureRegions
import WorkerProtocol

/// Regions and local features of a video's frames, of as many as are worth it.
struct FrameDetailer {
    private let depth: SearchDepth
    private let isReference: Bool
    private var regions = FrameRegions()
    private var lastWithRegions: (time: Int64, hash: Hash256)?
    private var lastWithFeatures: (time: Int64, hash: Hash256)?
    /// Of what was told of, bytes.
    private var byteCount = 0

    init(_ request: WorkerRequest) { (depth, isReference) = (request.depth, request.wanted != .single) }

    /// Bits by which a frame has to differ from the last one with features.
    private static let changedDistance = 24
    /// A frame that differs by less is the same picture.
    private static let sameDistance = 4
    /// Of frames with features that differ, ms: of a reference, and at an item's start.
    private static let leastInterval: Int64 = 1000
    /// Of frames with features that differ by little, and of all of a long item, ms.
    private static let usualInterval: Int64 = 4000
    /// Of regions of frames that differ, ms: as dense as matching in time needs, when every frame is looked at.
    private static let regionInterval: Int64 = 100
    /// Of regions of frames that are the same, ms.
    private static let longestInterval: Int64 = 10_000
    /// Each time that so many bytes were told of, intervals double: a video of any length stays within some times this.
    private static let growth = 8 << 20
    /// Of a reference's frame and of an item's.
    private static let (referenceFeatures, itemFeatures) = (200, 250)

    /// - Parameter hash: of the whole frame.
    mutating func details(of pixels: FramePixels, at time: Int64, hash: Hash256) -> PictureDetails {
        guard depth > .quick else { return .none }
        let factor = Int64(1) << min(20, byteCount / Self.growth)
        let wantsRegions =
            !isReference
            && isDue(lastWithRegions, time, hash, factor: factor) {
                $0 <= Self.sameDistance ? Self.longestInterval : Self.regionInterval
            }
        let wantsFeatures =
            depth == .full
            && isDue(lastWithFeatures, time, hash, factor: factor) {
                $0 <= Self.sameDistance
                    ? .max : $0 <= Self.changedDistance ? Self.usualInterval : changedInterval(at: time)
            }
        guard wantsRegions || wantsFeatures else { return .none }
        let reducer = LumaReducer(width: pixels.width, height: pixels.height, channels: pixels.channels)
        reducer.add(rows: pixels.pixels, count: pixels.height, stride: pixels.stride)
        let picture = reducer.finish()
        var details = PictureDetails.none
        if wantsRegions {
            details.hashes = regions.hashes(of: picture, hash: hash, gate: .usualGate)
            lastWithRegions = (time, hash)
        }
        if wantsFeatures {
            details.features = picture.pixels.withUnsafeBufferPointer { luma in
                localFeatures(
                    luma: luma.baseAddress!, width: picture.width, height: picture.height, stride: picture.width,
                    maximumCount: isReference ? Self.referenceFeatures : Self.itemFeatures)
            }
            lastWithFeatures = (time, hash)
        }
        byteCount += details.byteCount
        return details
    }

    /// A reference is dense. Of an item, short excerpts are likelier in short videos.
    private func changedInterval(at time: Int64) -> Int64 {
        isReference ? Self.leastInterval : min(Self.usualInterval, max(Self.leastInterval, time / 10))
    }

    /// Whether the last frame is longer ago than `interval` says for the bits between them.
    private func isDue(
        _ last: (time: Int64, hash: Hash256)?, _ time: Int64, _ hash: Hash256, factor: Int64,
        interval: (Int) -> Int64
    ) -> Bool {
        guard let last else { return true }
        let least = interval(last.hash.distance(to: hash))
        return time - last.time >= (least == .max ? .max : least * factor)
    }
}

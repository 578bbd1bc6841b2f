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
    private var regionPace = Pace(growth: 1 << 20)
    /// Features are few, and what they find nothing else does.
    private var featurePace = Pace(growth: 8 << 20)

    /// How often frames of a video are looked at for one kind of details.
    private struct Pace {
        /// Each time that so many bytes were told of, intervals double: a video of any length stays within some times this.
        let growth: Int
        private var last: (time: Int64, hash: Hash256)?
        private var byteCount = 0

        init(growth: Int) { self.growth = growth }

        /// Whether the last frame is longer ago than `interval` says, in ms, for the bits between them.
        func isDue(_ time: Int64, _ hash: Hash256, interval: (Int) -> Int64) -> Bool {
            guard let last else { return true }
            let least = interval(last.hash.distance(to: hash))
            return time - last.time >= (least == .max ? .max : least << min(20, byteCount / growth))
        }

        mutating func took(_ bytes: Int, _ time: Int64, _ hash: Hash256) {
            last = (time, hash)
            byteCount += bytes
        }
    }

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
    /// Of a reference's frame and of an item's.
    private static let (referenceFeatures, itemFeatures) = (200, 250)

    /// - Parameter hash: of the whole frame.
    mutating func details(of pixels: FramePixels, at time: Int64, hash: Hash256) -> PictureDetails {
        guard depth > .quick else { return .none }
        let wantsRegions =
            !isReference
            && regionPace.isDue(time, hash) {
                $0 <= Self.sameDistance ? Self.longestInterval : Self.regionInterval
            }
        let wantsFeatures =
            depth == .full
            && featurePace.isDue(time, hash) {
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
            regionPace.took(details.byteCount, time, hash)
        }
        if wantsFeatures {
            details.features = picture.pixels.withUnsafeBufferPointer { luma in
                localFeatures(
                    luma: luma.baseAddress!, width: picture.width, height: picture.height, stride: picture.width,
                    maximumCount: isReference ? Self.referenceFeatures : Self.itemFeatures)
            }
            featurePace.took(PictureDetails(hashes: [], features: details.features).byteCount, time, hash)
        }
        return details
    }

    /// A reference is dense. Of an item, short excerpts are likelier in short videos.
    private func changedInterval(at time: Int64) -> Int64 {
        isReference ? Self.leastInterval : min(Self.usualInterval, max(Self.leastInterval, time / 10))
    }
}

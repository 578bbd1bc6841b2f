/// A video's frame: its hash and when it is shown.
public struct FrameFeature: Sendable, Hashable {
    /// From the start of the video, 0 or more.
    public let milliseconds: Int32
    public let feature: Feature

    public init(milliseconds: Int32, feature: Feature) {
        (self.milliseconds, self.feature) = (milliseconds, feature)
    }
}

/// A frame as a worker tells of it.
public struct HashedFrame: Sendable, Hashable {
    public let time: FrameFeature
    /// The hashes that were wanted; the first is the frame's own.
    public let hashes: [OrientedHash]
    /// Of some frames, what is known beyond the hashes.
    public let details: PictureDetails

    public init(time: FrameFeature, hashes: [OrientedHash], details: PictureDetails = .none) {
        (self.time, self.hashes, self.details) = (time, hashes, details)
    }
}

/// Which frames of a video are looked at.
public enum FrameMode: Sendable, Hashable {
    /// Key frames, frames that must show another picture, and frames between where these are further apart than the gap,
    /// in ms; nil: than is reasonable for the codec.
    case keyFrames(maximumGap: Int?)
    /// One each so many ms.
    case interval(Int)
    case every
    /// As vPDQ's reference picks them: every n-th, of the container's mean frame rate.
    case vpdq(secondsPerHash: Double)

    /// For digests of settings.
    public var description: String {
        switch self {
        case .keyFrames(let gap): "key frames and changes, gap \(gap.map(String.init) ?? "by codec")"
        case .interval(let milliseconds): "interval \(milliseconds)"
        case .every: "every"
        case .vpdq(let seconds): "vpdq \(seconds)"
        }
    }
}

public import MediaModel

/// What is known of a video that is searched.
public struct SearchedVideo: Sendable {
    /// That were looked at, ascending.
    public let frames: HashedFrames
    /// Pixels.
    public let width: Int
    public let height: Int
    /// Milliseconds.
    public let duration: Int64

    public init(frames: HashedFrames, width: Int, height: Int, duration: Int64) {
        (self.frames, self.width, self.height, self.duration) = (frames, width, height, duration)
    }
}

/// One window of a video's frames, as if it were a video of its own.
struct FrameTrack {
    let window: PictureWindow
    let frames: [FrameFeature]

    /// Windows that were hashed in some frames, in the order in which they came.
    static func ofRegions(_ frames: HashedFrames) -> [FrameTrack] {
        var order: [PictureWindow] = []
        var tracks: [PictureWindow: [FrameFeature]] = [:]
        for (number, details) in frames.detailed {
            for region in details.hashes where region.orientation == .orig {
                if tracks[region.window] == nil { order.append(region.window) }
                tracks[region.window, default: []].append(
                    FrameFeature(
                        milliseconds: frames.time(number).milliseconds,
                        feature: Feature(hash: region.hash, quality: region.quality, isDegenerate: false)))
            }
        }
        return order.map { FrameTrack(window: $0, frames: tracks[$0]!) }
    }
}

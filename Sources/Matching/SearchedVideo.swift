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

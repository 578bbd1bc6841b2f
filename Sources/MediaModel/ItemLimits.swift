/// How much one item may cost; over it, its verdict is `overLimit`.
public struct ItemLimits: Sendable, Hashable {
    /// Bytes of a picture's file.
    public var bytes: Int
    /// Pixels of a picture, as its header states them.
    public var pixels: Int
    /// Bytes that decoding it may allocate.
    public var memory: Int
    /// Seconds of CPU time in the worker.
    public var seconds: Int
    /// Seconds on the clock, after which the worker is killed; of a video, between two signs of life.
    public var wallSeconds: Int
    /// Bytes of a video's file: it is never held whole.
    public var videoBytes: Int
    /// Seconds of CPU time for a video.
    public var videoSeconds: Int
    /// Seconds on the clock for a video, however many signs of life it gives.
    public var videoWallSeconds: Int
    /// Frames of a video that are decoded.
    public var frames: Int

    /// Defaults: 1 GiB of file, 256 megapixels (the largest phone sensors have 200), 1 GiB of
    /// memory, 30 s of CPU time, 60 s on the clock. Of videos 1 TiB, an hour of CPU time, four hours on
    /// the clock, two million frames (18 hours).
    public init(
        bytes: Int = 1 << 30, pixels: Int = 256_000_000, memory: Int = 1 << 30, seconds: Int = 30,
        wallSeconds: Int = 60,
        videoBytes: Int = 1 << 40, videoSeconds: Int = 3600, videoWallSeconds: Int = 14_400,
        frames: Int = 2_000_000
    ) {
        (self.bytes, self.pixels, self.memory) = (bytes, pixels, memory)
        (self.seconds, self.wallSeconds) = (seconds, wallSeconds)
        (self.videoBytes, self.videoSeconds, self.frames) = (videoBytes, videoSeconds, frames)
        self.videoWallSeconds = videoWallSeconds
    }
}

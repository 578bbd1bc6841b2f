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
    /// Seconds on the clock, after which the worker is killed.
    public var wallSeconds: Int
    /// Frames of a video that are decoded.
    public var frames: Int
    /// Seconds of CPU time in the worker, for a video.
    public var videoSeconds: Int

    /// Defaults: 1 GiB of file, 256 megapixels (the largest phone sensors have 200), 1 GiB of
    /// memory, 30 s of CPU time, 60 s on the clock; of a video 10 million frames (four days) and 1800 s.
    public init(
        bytes: Int = 1 << 30, pixels: Int = 256_000_000, memory: Int = 1 << 30, seconds: Int = 30,
        wallSeconds: Int = 60, frames: Int = 10_000_000, videoSeconds: Int = 1800
    ) {
        (self.bytes, self.pixels, self.memory) = (bytes, pixels, memory)
        (self.seconds, self.wallSeconds) = (seconds, wallSeconds)
        (self.frames, self.videoSeconds) = (frames, videoSeconds)
    }
}

/// How much one item may cost; over it, its verdict is `overLimit`.
public struct ItemLimits: Sendable, Hashable {
    /// Bytes of a picture's file.
    public var bytes: Int
    /// Pixels of a picture, as its header states them.
    public var pixels: Int
    /// Bytes that decoding it may allocate.
    public var memory: Int
    /// Seconds: CPU time in the worker; the worker is killed when the clock says twice that and 2 s more.
    public var seconds: Int

    /// Defaults: 1 GiB of file, 256 megapixels (the largest phone sensors have 200), 1 GiB of memory, 30 s.
    public init(bytes: Int = 1 << 30, pixels: Int = 256_000_000, memory: Int = 1 << 30, seconds: Int = 30) {
        (self.bytes, self.pixels, self.memory, self.seconds) = (bytes, pixels, memory, seconds)
    }
}

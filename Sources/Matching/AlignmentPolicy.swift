/// When hits of frames, aligned in time, count as a match.
///
/// What is counted are distinct frames: each differs from every other one counted by more than the distances of both
/// hits and `movement`, so the change between them was seen in the item and in the reference. A scene that stands
/// still counts once, however long it is. The defaults and what they cost are in Benchmarks/README.md.
public struct AlignmentPolicy: Sendable, Hashable {
    /// Bits by which two frames must differ beyond the distances of their hits to be distinct.
    public var movement = 4
    /// So many distinct frames on one line match at any distance of their hits.
    public var sufficientFrames = 3
    /// Two distinct frames on one line match when both hits are at most this far.
    public var pairDistance = 20
    /// One frame matches when its hit is at most this far and it is all there is to see: the reference is short or
    /// a picture, or the segment covers half of the item or of the reference. As many such frames as suffice match
    /// without a common line.
    public var singleDistance = 16
    /// A reference shorter than this is short, in milliseconds.
    public var shortReference: Int64 = 3000
    /// How far a hit may lie from its line, in milliseconds of the reference.
    public var tolerance: Int64 = 250
    /// A segment ends where nothing agrees for longer than this, in milliseconds of the item, and for at least four
    /// frames that were looked at.
    public var longestGap: Int64 = 5000
    /// Slowest and fastest reference second an item second, forwards and backwards.
    public var speeds: ClosedRange<Double> = 0.48...2.1
    /// Segments at most.
    public var maximumSegments = 256

    public init() {}
}

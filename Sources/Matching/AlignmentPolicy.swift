/// When hits of frames, aligned in time, count as a match.
///
/// What counts are distinct frames: each differs from every other one counted by more than the distances of both hits
/// and `movement`, so the change between them was seen in the item and in the reference. A scene that stands still
/// counts once, however long it is. What the defaults find and what they spare is in Benchmarks/README.md.
public struct AlignmentPolicy: Sendable, Hashable {
    /// Bits by which two frames must differ beyond the distances of their hits to be distinct.
    public var movement = 8
    /// So many distinct frames on a line of speed 1 or -1 match at any distance of their hits; one more is needed where
    /// the speed was fitted, too, because any two points have a line.
    public var sufficientFrames = 3
    /// One distinct frame less is enough when all hits are at most this far.
    public var pairDistance = 20
    /// One frame matches when its hit is at most this far and it is all there is to see: the reference is short or
    /// a picture, or such segments cover half of the item or of the reference. `sufficientFrames` such frames, distinct
    /// from each other, match without a common line.
    public var singleDistance = 20
    /// A reference shorter than this is short, in milliseconds.
    public var shortReference: Int64 = 3000
    /// How far a hit may lie from its line, in milliseconds of the reference.
    public var tolerance: Int64 = 250
    /// A segment ends where nothing agrees for longer than this, in milliseconds of the item, and for at least four
    /// frames that were looked at.
    public var longestGap: Int64 = 5000
    /// Slowest and fastest reference second an item second, forwards and backwards; a little more than 0.5 and 2.
    public var speeds: ClosedRange<Double> = 0.48...2.1
    /// Lines at most.
    public var maximumSegments = 256

    public init() {}
}

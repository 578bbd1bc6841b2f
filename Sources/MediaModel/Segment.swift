/// A time range of an item that shows a time range of a reference. Times are milliseconds of presentation.
public struct Segment: Sendable, Hashable {
    /// First to last agreeing frame of the item.
    public let item: ClosedRange<Int64>
    /// What the item shows there, earliest to latest, also when it runs backwards.
    public let reference: ClosedRange<Int64>
    /// Seconds of the reference a second of the item: 1 as registered, negative backwards, 0 when one moment of the
    /// reference is shown all the time, or was seen once.
    public let speed: Double
    /// Of the reference's form that the item shows.
    public let orientation: Dihedral
    /// Agreeing frames of the item.
    public let frames: Int
    /// Of these, how many differ from each other by more than their hashes err: what the verdict rests on.
    public let distinctFrames: Int
    /// Of the agreeing frames, in bits.
    public let medianDistance: Int
    /// Of the agreeing frames, in bits.
    public let leastDistance: Int

    public init(
        item: ClosedRange<Int64>, reference: ClosedRange<Int64>, speed: Double, orientation: Dihedral, frames: Int,
        distinctFrames: Int, medianDistance: Int, leastDistance: Int
    ) {
        (self.item, self.reference, self.speed, self.orientation) = (item, reference, speed, orientation)
        (self.frames, self.distinctFrames) = (frames, distinctFrames)
        (self.medianDistance, self.leastDistance) = (medianDistance, leastDistance)
    }
}

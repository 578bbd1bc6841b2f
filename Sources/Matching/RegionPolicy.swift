/// When hits of parts of pictures count as a match.
///
/// Measured by Benchmarks/robustness.
public struct RegionPolicy: Sendable, Hashable {
    /// Largest distance of a part's hash, with a second part that agrees in geometry.
    public var threshold = 31
    /// Largest distance of one that stands alone.
    public var aloneThreshold = 28

    /// Largest distance of a descriptor that votes for a reference.
    public var featureThreshold = 31
    /// Of an item's features, those that vote: the first ones.
    public var votingFeatures = 300
    /// Features that have to agree on a reference before it is looked at.
    public var leastVotes = 2
    /// Of a file's pictures, those of which the features themselves are read, those with most votes by what the file tells.
    public var roughNominees = 24
    /// References that are looked at, those with most votes.
    public var verifiedNominees = 12
    /// Of these, of one reference: both forms of a picture, or some of a video's frames.
    public var verifiedFrames = 3
    /// Largest distance of descriptors that are taken for the same place.
    public var pairDistance = 60
    /// Pairs of features, apart from each other, that agree on one transform: so many that are alike for sure, or more that
    /// are less so (`FeatureAgreement.evidence`). Of 188,250 pairs of unrelated pictures, the strongest has 4.35.
    public var leastEvidence = 5.5
    /// So much is enough where a part's hash says the same.
    public var confirmingEvidence = 2.5
    /// So much of one frame of a video asks for a closer look.
    public var promisingEvidence = 4.0
    /// So much is enough of one frame of a video with a frame of another.
    public var leastFrameEvidence = 8.0
    /// So much of two together, each with `leastEvidence`, that differ in both videos: a room that stays the same says the
    /// same again and again.
    public var leastPairEvidence = 13.0

    public init() {}
}

import ContentDigest
public import Matching
public import MediaModel

/// What decides over the result of a scan.
public struct ScanSettings: Sendable, Hashable {
    public var policy: MatchingPolicy
    public var convention: HashConvention
    public var precision: HashPrecision
    public var frameMode: FrameMode
    public var limits: ItemLimits
    public var depth: SearchDepth
    public var archives: ArchiveLimits
    /// Of the engine.
    public var version: String

    public init(
        policy: MatchingPolicy, convention: HashConvention, precision: HashPrecision, frameMode: FrameMode,
        limits: ItemLimits, depth: SearchDepth, archives: ArchiveLimits = ArchiveLimits(),
        version: String
    ) {
        (self.depth, self.archives) = (depth, archives)
        (self.policy, self.convention, self.precision) = (policy, convention, precision)
        (self.frameMode, self.limits, self.version) = (frameMode, limits, version)
    }

    /// 16 hex digits that change whenever a setting does; every record carries them.
    public var digest: String {
        Self.digest(
            "\(examination); threshold \(policy.threshold); quality gate \(policy.qualityGate.rawValue); "
                + "common cases \(policy.commonCases); "
                + (policy.vpdq.map { "vpdq \($0.leastItemPercent), \($0.leastReferencePercent); " } ?? "")
                + "members of \(archives.memberBytes) bytes, \(archives.members) at most, ratio \(archives.ratio), depth \(archives.depth), \(archives.seconds) s"
        )
    }

    /// The same of the settings that decide what is found in an item, whatever it is compared with.
    public var examinationDigest: String { Self.digest(examination) }

    private var examination: String {
        "ansim \(version); convention \(convention.rawValue); precision \(precision.rawValue); bytes \(limits.bytes); pixels \(limits.pixels); "
            + "memory \(limits.memory); seconds \(limits.seconds); wall seconds \(limits.wallSeconds); "
            + "frames \(frameMode.description), at most \(limits.frames); video bytes \(limits.videoBytes), "
            + "seconds \(limits.videoSeconds); depth \(depth.name), details \(PictureDetails.version)"
    }

    private static func digest(_ text: String) -> String {
        let digest = Array(text.utf8).withUnsafeBytes { SHA256Digest(bytes: sha256($0))! }
        return String(digest.description.prefix(16))
    }
}

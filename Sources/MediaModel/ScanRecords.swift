// The records that a scan writes: the contract with whoever reads them.
//
// One JSON object a line, UTF-8, `"schema":"ansim/1"`, keys in the order of the
// properties below, absent values left out. No times of the run inside, so that two
// runs over the same items compare equal byte for byte. Items come in input order.

/// What identifies an examined item in every record.
///
/// Keys: `path` (bytes that are not UTF-8 shown as U+FFFD; then `pathBytes` has the
/// exact path in hex), `bytes`, `sha256`; then, as far as they are known, of where the item came from (`Origin`):
/// `member` (its name within the archive at `path`; archives within archives joined by `!/`), `memberBytes` (as
/// `pathBytes`), `memberIndex` (its place among the archive's members, from 0; one number a level), `unsafeName` (`true`
/// for a name that would lead out of a folder; nothing is ever written there), `url` (of the media), `page` (that shows
/// it), `captured`, `uploaded` (times, as archive and sidecar have them), `uploader` (with `--keep-uploader`), `ip`,
/// `recordId`, `payloadDigest`, `payloadDigestHolds` (whether the payload has that digest), `offset` (of the web
/// archive's record), `key`, `status` (of a data set's sample), `sidecar` (the file that told some of this),
/// `sidecarNote` (what is wrong with it), `flaw` (what is wrong with the item's wrapping), `line` (of standard input),
/// `given` (the object that stood there, byte for byte).
public struct ItemIdentity: Sendable, Hashable {
    public let provenance: Provenance
    /// Size in bytes; nil when the item could not be opened.
    public let byteCount: Int64?
    /// Nil when the item could not be read to its end.
    public let sha256: SHA256Digest?
    /// Of the same bytes; nil when they were not wanted, or could not be had.
    public var digests: ItemDigests?

    public init(
        provenance: Provenance, byteCount: Int64?, sha256: SHA256Digest?, digests: ItemDigests? = nil
    ) {
        (self.provenance, self.byteCount, self.sha256) = (provenance, byteCount, sha256)
        self.digests = digests
    }
}

/// What was decoded of an item.
///
/// Keys: `format` (by content), `width`, `height` (pixels as stored), `exifOrientation`
/// (1...8, where the file has one), `quality` (0...100), `degenerate` (`true` when the hash is noise),
/// `damage` (what is wrong with the file, when only a part could be decoded), `furtherFrames`
/// (`true` when the file has more frames or pages than the one that was examined),
/// `precision` (of the hash: `exact` or `fast`).
/// `width` and `height` of HEIC and AVIF are those after the turn that the file states.
public struct PictureFacts: Sendable, Hashable {
    public let format: MediaFormat
    public let width: Int
    public let height: Int
    public let exifOrientation: Int?
    public let quality: Quality
    public let isDegenerate: Bool
    public let damage: String?
    public let hasFurtherFrames: Bool
    /// Of the hash, and with it of quality and degeneracy.
    public let precision: HashPrecision

    public init(
        format: MediaFormat, width: Int, height: Int, exifOrientation: Int?, quality: Quality, isDegenerate: Bool,
        damage: String?, hasFurtherFrames: Bool, precision: HashPrecision = .exact
    ) {
        (self.format, self.width, self.height) = (format, width, height)
        (self.exifOrientation, self.quality) = (exifOrientation, quality)
        (self.isDegenerate, self.damage, self.hasFurtherFrames) = (isDegenerate, damage, hasFurtherFrames)
        self.precision = precision
    }
}

/// What was decoded of a video.
///
/// Keys: `format` (`video`, or that of an animated picture), `container` and `codec` (libav's names), `width`, `height`
/// (of the first frame), `rotation` (degrees, where the container states one), `durationMs` (as far as it could be
/// read), `frames` (how many were looked at), `damage` (what is wrong with the file), `furtherStreams` (`true` when it
/// has more video streams than the one that was examined), `precision` (of the hashes).
public struct VideoFacts: Sendable, Hashable {
    public let format: MediaFormat
    public let container: String
    public let codec: String
    public let width: Int
    public let height: Int
    /// 0, 90, 180 or 270.
    public let rotation: Int
    public let durationMilliseconds: Int64
    /// As vPDQ counts it: the mean that the container states.
    public let framesPerSecond: Double
    public let damage: String?
    public let hasFurtherStreams: Bool
    public let precision: HashPrecision
    /// The limit at which the examination ended; the frames before it were looked at.
    public let limit: ItemFailure?

    public init(
        format: MediaFormat, container: String, codec: String, width: Int, height: Int, rotation: Int,
        durationMilliseconds: Int64, framesPerSecond: Double, damage: String?, hasFurtherStreams: Bool,
        precision: HashPrecision, limit: ItemFailure? = nil
    ) {
        (self.format, self.container, self.codec) = (format, container, codec)
        (self.width, self.height, self.rotation) = (width, height, rotation)
        (self.durationMilliseconds, self.framesPerSecond) = (durationMilliseconds, framesPerSecond)
        self.damage = damage
        (self.hasFurtherStreams, self.precision, self.limit) = (hasFurtherStreams, precision, limit)
    }
}

/// What was decoded of an item.
public enum MediaFacts: Sendable, Hashable {
    case picture(PictureFacts)
    /// `frames`: how many were looked at.
    case video(VideoFacts, frames: Int)
}

/// How a match was found; written as `found`.
public enum MatchEvidence: String, Sendable, Hashable {
    /// The same bytes as the registered file (SHA-256), whatever the hash says.
    case bytes
    /// The whole picture: PDQ within the threshold.
    case whole
    /// A part of the picture, or all of it, shows the reference or a part of it.
    case region
    /// Local features of both lie alike.
    case features
    /// Frames of a video, which agree with a registered video's in time.
    case video
    /// One moment: a registered picture in a video, or a registered video's frame as a picture.
    case frame
}

/// An item that shows a reference; `"kind":"match"`, one record a reference.
///
/// Keys after the identity and the picture's facts: `verdict` (`match`), `case`, `reference`
/// (its number in the registry), `found`, `distance` (bits, 0...256; 0 when `found` is `bytes`),
/// `orientation` (of the reference's form that the item shows), `region` (of the item, pixels), where it is not all of
/// both (`found` `region` or `features`, or a part of a video's frames) also `referenceRegion` (of the registered picture, pixels), `transform` (a, b, c, d, e, f: the item's
/// pixel (x, y) shows the reference's pixel (ax + by + c, dx + ey + f); a part that is no box, as in a photo of a screen, has
/// as `region` the box that it lies in, and as `transform` the one that errs least at its corners) and, by features, `inliers` (how many agree),
/// `negative` (`true` when bright and dark are swapped),
/// `segments` (empty for pictures; else objects with `from`, `to` (ms of the item), `referenceFrom`, `referenceTo` (ms of
/// the reference), `speed` (reference seconds a second of the item, negative backwards, 0 for one moment),
/// `orientation`, `frames` (that agree), `distinctFrames` (of these, how many differ from each other),
/// `medianDistance`), `md5` and `sha1` of the item (left out where it could not be read once more, and by a rematch of what a version
/// before scanned that did not keep them),
/// `engine` (version of Ansim), `registry` (digest of what was searched), `settings` (digest of the settings that decided).
public struct MatchRecord: Sendable, Hashable {
    public let item: ItemIdentity
    /// Nil when the bytes matched but could not be decoded.
    public let media: MediaFacts?
    public let match: Match

    public init(item: ItemIdentity, media: MediaFacts?, match: Match) {
        (self.item, self.media, self.match) = (item, media, match)
    }
}

/// Which reference, and how sure.
public struct Match: Sendable, Hashable {
    public let caseID: CaseID
    public let reference: ReferenceID
    public let evidence: MatchEvidence
    /// 0...256; of several frames the median.
    public let distance: Int
    public let orientation: Dihedral
    /// Where in a video, longest first; empty for pictures.
    public let segments: [Segment]
    /// Where in a picture, when it is not all of both.
    public let location: MatchLocation?
    /// Bright and dark are swapped.
    public let isNegative: Bool
    /// Where vPDQ's rule decided: what it counted, the item being the query.
    public let vpdq: VPDQOverlap?

    public init(
        caseID: CaseID, reference: ReferenceID, evidence: MatchEvidence, distance: Int, orientation: Dihedral,
        segments: [Segment] = [], location: MatchLocation? = nil, isNegative: Bool = false, vpdq: VPDQOverlap? = nil
    ) {
        (self.location, self.isNegative, self.vpdq) = (location, isNegative, vpdq)
        (self.caseID, self.reference, self.evidence) = (caseID, reference, evidence)
        (self.distance, self.orientation, self.segments) = (distance, orientation, segments)
    }
}

/// An examined item; `"kind":"item"`, written with `--all`.
///
/// Keys after the identity and the picture's facts: `verdict`, `matches` (how many `match` records precede it), `settings`.
public struct ItemRecord: Sendable, Hashable {
    public let item: ItemIdentity
    public let media: MediaFacts?
    public let verdict: Verdict
    public let matches: Int

    public init(item: ItemIdentity, media: MediaFacts?, verdict: Verdict, matches: Int) {
        (self.item, self.media, self.verdict, self.matches) = (item, media, verdict, matches)
    }
}

/// An item that could not be examined, or only in part; `"kind":"unexamined"`, always written.
///
/// Keys after the identity: `verdict` (`partial`, `undecodable`, `unsupported`, `overLimit`),
/// `reason` (a word for programs), `detail` (a sentence for people), `settings`.
public struct UnexaminedRecord: Sendable, Hashable {
    public let item: ItemIdentity
    public let failure: ItemFailure

    public init(item: ItemIdentity, failure: ItemFailure) {
        (self.item, self.failure) = (item, failure)
    }
}

/// Why an item could not be examined in full.
public struct ItemFailure: Error, Sendable, Hashable {
    /// Words for programs, written as `reason`.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The system would not open or read it.
        case unreadable
        /// A device, a pipe or a socket.
        case notAFile
        /// A symbolic link that leads nowhere.
        case brokenLink
        /// A symbolic link to a folder outside of what was to be scanned.
        case linkLeadsOut
        /// A line of standard input that names no item.
        case malformedLine
        /// No bytes.
        case empty
        /// No known format of pictures.
        case notAPicture
        /// A known format that this version does not decode.
        case unsupportedFormat
        /// The bytes break the rules of their format before any pixel.
        case corrupt
        /// Damaged or cut off; what could be decoded was examined.
        case damaged
        /// An animation or a file of several pages, of which the first was examined.
        case furtherFrames
        /// A video with several streams of pictures, of which the first was examined.
        case furtherStreams
        /// A video of which some frames came near a reference, too few to tell, and the file was not at hand.
        case tooFewFrames
        case tooManyPixels
        case tooManyBytes
        case tooMuchMemory
        case tooSlow
        /// An archive with too many members.
        case tooManyMembers
        /// More comes out of an archive than its size allows.
        case tooCompressed
        /// Archives within archives, too many levels.
        case tooDeep
        /// Progressive scans, image parts.
        case tooComplex
        /// The decoder died on it.
        case decoderCrashed
    }
    public let verdict: Verdict
    public let reason: Reason
    public let detail: String

    public init(_ verdict: Verdict, _ reason: Reason, _ detail: String) {
        (self.verdict, self.reason, self.detail) = (verdict, reason, detail)
    }
}

/// The last line; `"kind":"summary"`.
///
/// Keys: `complete` (`false` when the run was interrupted), `items`, `bytes`, `matchedItems`, `matches`, `clear`,
/// `comparedByBytesOnly` (of the clear ones: too plain to be compared by hash), `partial`, `undecodable`,
/// `unsupported`, `overLimit`, `archives` (that were gone through; they are no items), `passedOver` (what else they hold,
/// see `ArchiveFacts`; left out when there is nothing), `references` and `cases` (what was
/// searched), `suppressed` (matches that a person called no match before; left out when there are none), `folder` (from
/// which the records' relative paths are meant; left out when there are none), `folderBytes` (as `pathBytes`),
/// `settings`.
public struct SummaryRecord: Sendable, Hashable {
    public var isComplete = true
    public var items = 0
    public var byteCount: Int64 = 0
    public var matchedItems = 0
    public var matches = 0
    public var comparedByBytesOnly = 0
    public var archives = 0
    /// What archives hold that is no item.
    public var passedOver = 0
    /// Matches that were left out because a person decided so before.
    public var suppressed = 0
    /// Items by verdict.
    public var verdicts: [Verdict: Int] = [:]
    public var references = 0
    public var cases = 0

    public init() {}

    /// Items of one verdict.
    public func count(_ verdict: Verdict) -> Int { verdicts[verdict, default: 0] }
    /// Items that could not be examined in full.
    public var unexamined: Int { count(.partial) + count(.undecodable) + count(.unsupported) + count(.overLimit) }
}

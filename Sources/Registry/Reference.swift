public import MediaModel

/// A picture or a video to be registered: what is kept of it.
public struct NewReference: Sendable, Hashable {
    public var sha256: SHA256Digest
    public var byteCount: Int64
    public var format: MediaFormat
    /// Pixels; nil when it was not decoded.
    public var width: Int?
    public var height: Int?
    public var quality: Quality?
    /// What it answers to, its own hash first; or nothing when `bytesOnly` says why.
    public var hashes: [OrientedHash]
    /// Of a video: the frames that it is found by, in order of their time, each in eight orientations.
    public var frames = HashedFrames()
    /// Of a video, in ms.
    public var duration: Int64?
    /// Of a picture: what it is found by beside its hashes.
    public var details = PictureDetails.none
    /// What `details` was made for.
    public var kept = SearchDepth.quick
    public var bytesOnly: BytesOnlyReason?
    /// Kept only when the user asks for it.
    public var fileName: String?
    /// When it comes from a list, of which kind.
    public var imported: ListKind?
    /// When a digest is all that is known of it.
    public var listed: ListedDigest?

    public init(
        sha256: SHA256Digest, byteCount: Int64, format: MediaFormat, width: Int?, height: Int?, quality: Quality?,
        hashes: [OrientedHash], bytesOnly: BytesOnlyReason?, fileName: String?
    ) {
        (self.sha256, self.byteCount, self.format) = (sha256, byteCount, format)
        (self.width, self.height, self.quality) = (width, height, quality)
        self.hashes = hashes
        (self.bytesOnly, self.fileName) = (bytesOnly, fileName)
    }
}

/// What a list of another tool has of a reference.
public enum ListKind: String, Sendable, Hashable {
    /// A PDQ hash. As of the next two, the reference's SHA-256 is no file's then.
    case pdq
    /// A video's hashes.
    case vpdq
    /// A digest of its bytes.
    case digest
    /// The same in older registries: the reference's SHA-256 is the listed one.
    case sha256
}

/// Why a reference is compared by its bytes only.
public enum BytesOnlyReason: String, Sendable, Hashable, CaseIterable {
    /// The quality is under the gate.
    case lowQuality
    /// One colour, a gradient, stripes: the hash is noise.
    case degenerate
    /// Damaged or cut off: the hash would be of what the decoder painted over it.
    case damaged
    /// A video of which no frame can be compared.
    case video
    /// Only its digest is known, from a list.
    case listed

    /// For the user, after "found only as an identical file: ".
    public var explanation: String {
        switch self {
        case .lowQuality: "the picture has too little structure for a hash that means anything"
        case .degenerate: "the picture is one colour, a gradient or stripes; such hashes match each other"
        case .damaged: "the file is damaged, so the hash would not be the picture's"
        case .listed: "it came from a list that has a digest of its bytes only"
        case .video: "no frame of the video has a hash that means anything, or none could be decoded"
        }
    }
}

/// A registered picture, as the registry tells of it.
public struct Reference: Sendable, Hashable {
    public let id: ReferenceID
    public let caseID: CaseID
    public let sha256: SHA256Digest
    public let byteCount: Int64
    public let format: String
    public let width: Int?
    public let height: Int?
    public let quality: Int?
    public let bytesOnly: BytesOnlyReason?
    public let fileName: String?
    /// ISO 8601, UTC.
    public let registered: String
    public let hashCount: Int
    /// Of a video, in ms.
    public let duration: Int64?
    /// Of a picture, what is kept of it: "plain", "crops" or "full".
    public let kept: String
    /// When it came from a list, of which kind.
    public let imported: ListKind?
}

/// A case, as the registry tells of it.
public struct Case: Sendable, Hashable {
    public let id: CaseID
    /// ISO 8601, UTC.
    public let created: String
    public let references: Int
    /// Of these, compared by bytes only.
    public let bytesOnly: Int
}

/// What became of a reference that was added.
public enum Registration: Sendable, Hashable {
    case added(ReferenceID)
    /// The same bytes are in the case already.
    case known(ReferenceID)
    /// They are, and the reference has more than before.
    case improved(ReferenceID, ReferenceImprovement)

    public var id: ReferenceID {
        switch self {
        case .added(let id), .known(let id), .improved(let id, _): id
        }
    }
}

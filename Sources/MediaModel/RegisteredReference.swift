/// What matching has to know of a reference beside its hashes.
public struct RegisteredReference: Sendable, Hashable {
    public let id: ReferenceID
    public let caseID: CaseID
    /// Of the file that was registered.
    public let sha256: SHA256Digest
    /// Nil for a picture, and for a video of which no frame can be compared.
    public let video: RegisteredVideo?
    /// Pixels.
    public let width: Int?
    public let height: Int?
    /// When that is all that is known of it.
    public let listed: ListedDigest?

    public init(
        id: ReferenceID, caseID: CaseID, sha256: SHA256Digest, video: RegisteredVideo? = nil,
        width: Int? = nil, height: Int? = nil, listed: ListedDigest? = nil
    ) {
        self.listed = listed
        (self.width, self.height) = (width, height)
        (self.id, self.caseID, self.sha256, self.video) = (id, caseID, sha256, video)
    }
}

/// When a registered video's frames are shown, in ms.
public struct RegisteredVideo: Sendable, Hashable {
    /// Of the frames that were kept, ascending: each stands until the next one.
    public let frameTimes: [Int32]
    public let duration: Int64

    public init(frameTimes: [Int32], duration: Int64) { (self.frameTimes, self.duration) = (frameTimes, duration) }
}

/// A registered picture, or a frame of a registered video, by what it is found beyond its hashes.
public struct DetailedPicture: Sendable, Hashable {
    public let reference: ReferenceID
    /// When the frame is shown; nil for a picture.
    public let milliseconds: Int32?
    public let details: PictureDetails

    public init(reference: ReferenceID, milliseconds: Int32? = nil, details: PictureDetails) {
        (self.reference, self.milliseconds, self.details) = (reference, milliseconds, details)
    }
}

public import MediaModel

/// What is known of an item after a worker looked at it.
public struct Examination: Sendable, Hashable {
    public internal(set) var item: ItemIdentity
    public let content: Content
    /// What the exact hash's decoding gave of a picture whose own hash is a fast one, where a verdict rests on it: a
    /// picture, or why there is none.
    public let confirmation: Content?
    /// Of a picture, what was wanted beside its hashes.
    public let details: PictureDetails
    /// Of an archive that was gone through: its members are items of their own, and its content is a failure.
    public internal(set) var archive: ArchiveFacts?
    /// What came of it says more of the machine than of the item.
    var isProvisional = false
    /// If it was wanted.
    public internal(set) var thumbnail: Thumbnail?

    public enum Content: Sendable, Hashable {
        /// `hashes`: the wanted set; the first is the picture's own.
        case picture(PictureFacts, hashes: [OrientedHash])
        /// `frames`: those that were looked at, in order of their time.
        case video(VideoFacts, frames: HashedFrames)
        /// `format`: as far as it was recognised.
        case failure(ItemFailure, format: MediaFormat)
    }

    public init(
        item: ItemIdentity, content: Content, confirmation: Content? = nil, details: PictureDetails = .none
    ) {
        (self.item, self.content, self.confirmation) = (item, content, confirmation)
        self.details = details
    }

    /// The picture's facts, if it could be decoded.
    public var picture: PictureFacts? {
        if case .picture(let facts, _) = content { facts } else { nil }
    }

    /// The whole picture's hash.
    public var feature: Feature? { content.feature }
}

extension Examination.Content {
    /// The whole picture's hash.
    var feature: Feature? {
        guard case .picture(let facts, let hashes) = self else { return nil }
        return Feature(hash: hashes[0].hash, quality: facts.quality, isDegenerate: facts.isDegenerate)
    }
}

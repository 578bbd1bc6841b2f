import JSONFields
import MediaModel

extension ListedEntry.Signal {
    /// By what exchanges call the kind; nil when the text is none of that kind.
    ///
    /// - Parameter quality: of a PDQ hash, where the list says it.
    init?(kind: String, _ text: String, quality: Quality? = nil) {
        switch kind.lowercased() {
        case "pdq", "hash_pdq", "imagepdq", "image_pdq", "pdq-full":
            guard let hash = Hash256(text) else { return nil }
            self = .pdq(hash, quality)
        case "md5", "hash_md5", "video_md5", "hash_video_md5", "videomd5", "photo_md5", "photomd5", "imagemd5":
            self.init(.md5, text)
        case "sha1", "hash_sha1", "videosha1": self.init(.sha1, text)
        case "sha256", "hash_sha256", "videosha256": self.init(.sha256, text)
        case "vpdq", "video_vpdq", "hash_video_vpdq":
            guard let frames = try? VPDQForms.frames(ofJSON: text) else { return nil }
            self = .video(frames)
        default: self = .foreign
        }
    }

    private init?(_ kind: ListedDigest.Kind, _ text: String) {
        guard let digest = ListedDigest(kind, text) else { return nil }
        self = .digest(digest)
    }

    /// By the number of its digits.
    ///
    /// - Parameter isDigest: whether 64 are a SHA-256 and not a PDQ hash.
    init?(digits: String, isDigest: Bool, quality: Quality? = nil) {
        switch digits.utf8.count {
        case 32: self.init(.md5, digits)
        case 40: self.init(.sha1, digits)
        case 64 where isDigest: self.init(.sha256, digits)
        case 64: self.init(kind: "pdq", digits, quality: quality)
        default: return nil
        }
    }
}

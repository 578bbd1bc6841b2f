public import MediaModel

/// A picture of a details file: a registered one, or a frame of a registered video.
public struct StoredPicture: Sendable, Hashable {
    public let reference: ReferenceID
    /// When the frame is shown; nil for a picture.
    public let milliseconds: Int32?
    /// The checksum of the reference's row in the registry: tells that it is still the same.
    public let check: Int64
    /// Which details are kept, by a number: with others it is another picture, but the same reference.
    public let kept: UInt8
    /// Of a picture.
    public let quality: Quality?

    public init(
        reference: ReferenceID, milliseconds: Int32? = nil, check: Int64, kept: UInt8 = 0, quality: Quality?
    ) {
        (self.reference, self.milliseconds, self.check) = (reference, milliseconds, check)
        (self.kept, self.quality) = (kept, quality)
    }

    /// By reference, a picture before frames.
    public static func isBefore(_ a: StoredPicture, _ b: StoredPicture) -> Bool {
        (a.reference, a.milliseconds ?? -1) < (b.reference, b.milliseconds ?? -1)
    }

    /// Three words: reference, check, and time (-1 for none) with quality (255 for none) and what is kept.
    init?(_ words: UnsafePointer<UInt64>) {
        let (time, quality) = (Int32(truncatingIfNeeded: words[2]), words[2] >> 32 & 255)
        guard time >= -1, quality <= 100 || quality == 255, words[2] >> 48 == 0 else { return nil }
        self.init(
            reference: ReferenceID(rawValue: Int64(bitPattern: words[0])), milliseconds: time < 0 ? nil : time,
            check: Int64(bitPattern: words[1]), kept: UInt8(words[2] >> 40 & 255),
            quality: quality == 255 ? nil : Quality(rawValue: Int(quality)))
    }

    var words: [UInt64] {
        [
            UInt64(bitPattern: reference.rawValue), UInt64(bitPattern: check),
            UInt64(UInt32(bitPattern: milliseconds ?? -1)) | UInt64(quality?.rawValue ?? 255) << 32
                | UInt64(kept) << 40,
        ]
    }
}

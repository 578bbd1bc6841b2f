public import MediaModel

/// The formats of most pictures that are crawled. Their libraries load in no time, unlike those of all others.
public let commonFormats: Set<MediaFormat> = [.jpeg, .png, .webp]

/// As `decodePicture` of all formats, for the common ones. Nil for others, and for variants that their own libraries
/// do not decode; some rows may have come all the same.
public func decodeCommonPicture(
    _ bytes: UnsafeRawBufferPointer, limits: ItemLimits, precision: HashPrecision = .exact,
    into sink: inout some PixelSink
) throws(DecodeError) -> Picture? {
    let budget = Budget(limits)
    switch sniff(bytes) {
    case .jpeg:
        do throws(DecodeError) {
            return try decodeJPEG(bytes, precision: precision, budget: budget, into: &sink)
        } catch .unsupported {
            return nil
        }
    case .png: return try decodePNG(bytes, budget: budget, into: &sink)
    case .webp: return try decodeWebP(bytes, budget: budget, into: &sink)
    case .unknown: throw .notAPicture(describeUnknown(bytes))
    default: return nil
    }
}

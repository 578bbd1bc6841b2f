/// Why a file gave no picture. The texts are for people and name no path.
public enum DecodeError: Error, Hashable, Sendable {
    /// No known format: what it is instead.
    case notAPicture(String)
    /// A known format or variant that is not decoded.
    case unsupported(String)
    /// The bytes break the rules of their format before any pixel.
    case corrupt(String)
    case tooManyPixels(width: Int, height: Int)
    case tooMuchMemory
    case tooSlow
    /// Scans, image parts.
    case tooComplex(String)

    /// Whether it is about what an item may cost, not about what it is.
    public var isLimit: Bool {
        switch self {
        case .notAPicture, .unsupported, .corrupt: false
        case .tooManyPixels, .tooMuchMemory, .tooSlow, .tooComplex: true
        }
    }
}

/// PDQ's image-domain quality, 0...100: how much structure a picture has (SPEC 1.7).
public struct Quality: Sendable, Hashable, Comparable, RawRepresentable {
    /// 0...100.
    public let rawValue: Int

    /// - Precondition: `rawValue` is in 0...100.
    public init(rawValue: Int) {
        precondition((0...100).contains(rawValue), "quality is 0...100")
        self.rawValue = rawValue
    }

    /// The least quality at which hashes are compared (the field's usual gate).
    public static let usualGate = Quality(rawValue: 50)

    public static func < (a: Quality, b: Quality) -> Bool { a.rawValue < b.rawValue }
}

/// A victim's request, by the name that the centre gave it.
public struct CaseID: Sendable, Hashable, Comparable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` has 1...200 characters, none of them a control
    /// character, and neither starts nor ends with a space.
    public init?(rawValue: String) {
        guard (1...200).contains(rawValue.count), rawValue.first != " ", rawValue.last != " ",
            !rawValue.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { rawValue }
    public static func < (a: CaseID, b: CaseID) -> Bool { a.rawValue < b.rawValue }
}

/// The registry's number of a registered picture; never given twice.
public struct ReferenceID: Sendable, Hashable, Comparable, RawRepresentable, CustomStringConvertible {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }

    public var description: String { String(rawValue) }
    public static func < (a: ReferenceID, b: ReferenceID) -> Bool { a.rawValue < b.rawValue }
}

/// Where an item came from.
public struct Provenance: Sendable, Hashable {
    /// The path as the system gave it: bytes, not always UTF-8. Of an archive's member, the archive's.
    public let path: [UInt8]
    /// None or one; most items have none.
    private let origins: [Origin]

    public init(path: [UInt8], origin: Origin? = nil) {
        self.path = path
        origins = origin.map { [$0] } ?? []
    }

    /// What else is known.
    public var origin: Origin? { origins.first }

    /// The path for people and for JSON; bytes that are not UTF-8 become U+FFFD.
    public var displayPath: String { String(decoding: path, as: UTF8.self) }
    /// The path, and the member or the URL, for a terminal: what could move its cursor or forge a line is written as
    /// `\u{1b}`.
    public var printablePath: String {
        var text = displayPath
        if let member = origin?.displayMember { text += "!/" + member }
        if let url = origin?.url { text += " (" + url + ")" }
        return text.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
    /// Whether `displayPath` names the file exactly.
    public var isExactText: Bool { String(validating: path, as: UTF8.self) != nil }
}

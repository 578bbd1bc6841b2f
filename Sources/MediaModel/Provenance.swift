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

    /// The path for JSON; bytes that are not UTF-8 become U+FFFD.
    public var displayPath: String { String(decoding: path, as: UTF8.self) }
    /// The path, and the member or the URL, for people's eyes, as `PrintedName` has it.
    public var printablePath: String {
        var text = PrintedName.text(path)
        if let member = origin?.exactMember { text += "!/" + PrintedName.text(member) }
        if let url = origin?.url { text += " (" + url + ")" }
        return PrintedName.visible(text)
    }
    /// Whether `displayPath` names the file exactly.
    public var isExactText: Bool { String(validating: path, as: UTF8.self) != nil }
}

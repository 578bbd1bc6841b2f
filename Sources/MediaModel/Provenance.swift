/// Where an item came from.
public struct Provenance: Sendable, Hashable {
    /// The path as the system gave it: bytes, not always UTF-8.
    public let path: [UInt8]

    public init(path: [UInt8]) { self.path = path }

    /// The path for people and for JSON; bytes that are not UTF-8 become U+FFFD.
    public var displayPath: String { String(decoding: path, as: UTF8.self) }
    /// Whether `displayPath` names the file exactly.
    public var isExactText: Bool { String(validating: path, as: UTF8.self) != nil }
}

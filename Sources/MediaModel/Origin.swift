/// What is known of where an item came from, beside its path. All of it is what crawlers and files claim.
public struct Origin: Sendable, Hashable, Codable {
    /// A file within an archive.
    public struct Member: Sendable, Hashable, Codable {
        /// As the archive has it: bytes, not always UTF-8, and no path to anything. Empty where it has none.
        public var name: [UInt8]
        /// Its place among all that the archive holds, from 0: names may come twice.
        public var index: Int

        public init(name: [UInt8], index: Int) { (self.name, self.index) = (name, index) }
    }

    /// The way through archives within archives, outermost first; empty for a file of its own.
    public var members: [Member] = []
    /// Of the media itself.
    public var url: String?
    /// Of the page that shows it.
    public var page: String?
    /// When it was crawled, as the archive has it.
    public var captured: String?
    /// When it was uploaded, as the sidecar has it.
    public var uploaded: String?
    /// Who uploaded it: only where it was asked for.
    public var uploader: String?
    /// Of the server.
    public var address: String?
    /// Of a web archive's record.
    public var recordID: String?
    /// `algorithm:value`, as the web archive's record states it.
    public var payloadDigest: String?
    /// Whether the payload has it; nil when that can't be computed.
    public var payloadDigestHolds: Bool?
    /// Where the record starts in its file: of a compressed one, where its stream starts.
    public var offset: Int64?
    /// The sample's key in a data set.
    public var key: String?
    /// How the data set's downloader fared.
    public var status: String?
    /// The file or member that told some of this.
    public var sidecar: String?
    /// What is wrong with the sidecar.
    public var sidecarNote: String?
    /// What is wrong with the item's wrapping: cut off, badly chunked.
    public var flaw: String?
    /// On standard input, from 1.
    public var line: Int?
    /// That line's JSON object, as it stood there.
    public var given: String?

    public init() {}

    /// The members' names for JSON; a web archive's have none. Bytes that are not UTF-8 become U+FFFD.
    public var displayMember: String? {
        let names = members.map(\.name).filter { !$0.isEmpty }
        return names.isEmpty ? nil : names.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "!/")
    }

    /// The same, byte for byte.
    public var exactMember: [UInt8]? {
        let names = members.map(\.name).filter { !$0.isEmpty }
        return names.isEmpty ? nil : Array(names.joined(separator: "!/".utf8))
    }

    /// A name that would lead out of a folder if somebody unpacked it there.
    public var hasUnsafeName: Bool {
        members.contains { member in
            member.name.first == UInt8(ascii: "/")
                || member.name.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") })
                    .contains { $0.elementsEqual("..".utf8) }
        }
    }
}

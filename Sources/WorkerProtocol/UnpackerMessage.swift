public import MediaModel

/// What an unpacker says. It comes from a process that parsed hostile bytes and is checked accordingly.
public enum UnpackerMessage: Sendable, Hashable {
    case member(UnpackedMember)
    /// It needs more memory files, or has made enough for now; it waits for an order.
    case wantsMore
    /// A sign of life.
    case working
    /// Nothing more is in the archive, or nothing more can be had of it. `outputBytes`: what came out of it.
    case end(ArchiveFacts, ItemFailure?, outputBytes: Int64)

    /// An order is one byte: how many memory files come with it, 1...16.
    public static let orderCount = 1
    public static let maximumFiles = 16
    /// An encoded message is never longer.
    public static let maximumCount = 16 * UnpackedMember.maximumText + 8192

    public var encoded: [UInt8] {
        var out = ByteWriter()
        switch self {
        case .member(let member):
            out.put(UInt8(10))
            member.encode(into: &out)
        case .wantsMore: out.put(UInt8(11))
        case .working: out.put(UInt8(12))
        case .end(let facts, let failure, let outputBytes):
            out.put(UInt8(13))
            out.put(UnpackedMember.clipped(facts.container))
            out.put(UInt64(facts.members))
            out.put(UInt64(facts.passedOver))
            out.put(outputBytes)
            out.put(failure)
        }
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        switch try reader.take(UInt8.self) {
        case 10: self = .member(try UnpackedMember(&reader))
        case 11: self = .wantsMore
        case 12: self = .working
        case 13:
            let container = try reader.takeText(limit: UnpackedMember.maximumText)
            guard let members = Int(exactly: try reader.take(UInt64.self)),
                let passedOver = Int(exactly: try reader.take(UInt64.self))
            else { throw MalformedMessage() }
            let outputBytes = try reader.take(Int64.self)
            guard outputBytes >= 0 else { throw MalformedMessage() }
            self = .end(
                ArchiveFacts(container: container, members: members, passedOver: passedOver),
                try reader.takeFailure(), outputBytes: outputBytes)
        default: throw MalformedMessage()
        }
        guard reader.isAtEnd else { throw MalformedMessage() }
    }
}

/// One member of an archive.
public struct UnpackedMember: Sendable, Hashable {
    /// Of its origin what the archive tells; `members` is this one, or empty.
    public var origin: Origin
    /// Its place among all that the archive holds.
    public var index: Int
    /// The memory file that it took, counted from the archive's first; nil when it took none.
    public var file: Int?
    /// Bytes in that file.
    public var byteCount: Int64
    /// Why it could not be unpacked.
    public var failure: ItemFailure?

    public init(origin: Origin, index: Int, file: Int?, byteCount: Int64, failure: ItemFailure?) {
        (self.origin, self.index, self.file) = (origin, index, file)
        (self.byteCount, self.failure) = (byteCount, failure)
    }

    /// Bytes of each text.
    public static let maximumText = 8192

    static func clipped(_ text: String) -> [UInt8] { Array(text.utf8.prefix(maximumText)) }

    /// In the order of encoding.
    private static let texts: [any WritableKeyPath<Origin, String?> & Sendable] = [
        \.url, \.page, \.captured, \.uploaded, \.uploader, \.address, \.recordID, \.payloadDigest, \.key, \.status,
        \.sidecar, \.sidecarNote, \.flaw,
    ]

    func encode(into out: inout ByteWriter) {
        out.put(UInt64(index))
        out.put(Int64(file ?? -1))
        out.put(byteCount)
        out.put(Array((origin.members.last?.name ?? []).prefix(Self.maximumText)))
        out.put(!origin.members.isEmpty)
        for text in Self.texts {
            out.put(origin[keyPath: text] != nil)
            if let value = origin[keyPath: text] { out.put(Self.clipped(value)) }
        }
        out.put(UInt8(origin.payloadDigestHolds.map { $0 ? 1 : 0 } ?? 2))
        out.put(origin.offset ?? -1)
        out.put(failure)
    }

    init(_ reader: inout ByteReader) throws(MalformedMessage) {
        guard let index = Int(exactly: try reader.take(UInt64.self)) else { throw MalformedMessage() }
        self.index = index
        let file = try reader.take(Int64.self)
        self.file = file < 0 ? nil : Int(file)
        byteCount = try reader.take(Int64.self)
        guard byteCount >= 0 else { throw MalformedMessage() }
        origin = Origin()
        let name = Array(try reader.takeData(limit: Self.maximumText))
        if try reader.takeFlag() { origin.members = [Origin.Member(name: name, index: index)] }
        for text in Self.texts where try reader.takeFlag() {
            origin[keyPath: text] = try reader.takeText(limit: Self.maximumText)
        }
        switch try reader.take(UInt8.self) {
        case 0: origin.payloadDigestHolds = false
        case 1: origin.payloadDigestHolds = true
        case 2: break
        default: throw MalformedMessage()
        }
        let offset = try reader.take(Int64.self)
        origin.offset = offset < 0 ? nil : offset
        failure = try reader.takeFailure()
    }
}

extension ByteWriter {
    mutating func put(_ failure: ItemFailure?) {
        put(failure != nil)
        guard let failure else { return }
        put(Array(failure.verdict.rawValue.utf8))
        put(Array(failure.reason.rawValue.utf8))
        put(UnpackedMember.clipped(failure.detail))
    }
}

extension ByteReader {
    mutating func takeFailure() throws(MalformedMessage) -> ItemFailure? {
        guard try takeFlag() else { return nil }
        let verdict = Verdict(rawValue: String(decoding: try takeData(limit: 64), as: UTF8.self))
        let reason = ItemFailure.Reason(rawValue: String(decoding: try takeData(limit: 64), as: UTF8.self))
        // A failure never says that an item is clear or matches.
        guard let verdict, let reason, ![.match, .possible, .clear].contains(verdict) else { throw MalformedMessage() }
        return ItemFailure(verdict, reason, try takeText(limit: UnpackedMember.maximumText))
    }
}

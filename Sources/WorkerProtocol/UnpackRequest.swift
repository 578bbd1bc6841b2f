/// What an unpacker is asked for: all members of one archive. The archive's descriptor comes with the first byte.
public struct UnpackRequest: Sendable, Hashable {
    /// Bytes of a member, at most.
    public var memberBytes: Int
    /// Bytes that may come out of the archive, handed on or not.
    public var outputBytes: Int
    /// Members, at most.
    public var members: Int
    /// CPU time from one member to the next, at most.
    public var seconds: Int
    /// Whether sidecars may tell who uploaded an item.
    public var keepsUploader: Bool
    /// By its name, a WACZ: what describes the collection is no item.
    public var isCollection: Bool

    public init(
        memberBytes: Int, outputBytes: Int, members: Int, seconds: Int, keepsUploader: Bool, isCollection: Bool
    ) {
        (self.memberBytes, self.outputBytes, self.members) = (memberBytes, outputBytes, members)
        self.seconds = seconds
        (self.keepsUploader, self.isCollection) = (keepsUploader, isCollection)
    }

    /// Bytes of every encoded request.
    public static let encodedCount = 4 * 8 + 2

    public var encoded: [UInt8] {
        var out = ByteWriter()
        for value in [memberBytes, outputBytes, members, seconds] { out.put(UInt64(value)) }
        out.put(keepsUploader)
        out.put(isCollection)
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        var values: [Int] = []
        for _ in 0..<4 {
            guard let value = Int(exactly: try reader.take(UInt64.self)) else { throw MalformedMessage() }
            values.append(value)
        }
        (memberBytes, outputBytes, members, seconds) = (values[0], values[1], values[2], values[3])
        (keepsUploader, isCollection) = (try reader.takeFlag(), try reader.takeFlag())
        guard reader.isAtEnd else { throw MalformedMessage() }
    }
}

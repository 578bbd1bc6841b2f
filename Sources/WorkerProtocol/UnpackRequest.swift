/// What an unpacker is asked for: all members of one archive. The archive's descriptor comes with the first byte.
public struct UnpackRequest: Sendable, Hashable {
    /// Bytes of a member, at most.
    public var memberBytes: Int
    /// Bytes that may come out of the archive, handed on or not.
    public var outputBytes: Int
    /// Members, at most.
    public var members: Int
    /// Whether sidecars may tell who uploaded an item.
    public var keepsUploader: Bool
    /// By its name, a WACZ: what describes the collection is no item.
    public var isCollection: Bool

    public init(memberBytes: Int, outputBytes: Int, members: Int, keepsUploader: Bool, isCollection: Bool) {
        (self.memberBytes, self.outputBytes, self.members) = (memberBytes, outputBytes, members)
        (self.keepsUploader, self.isCollection) = (keepsUploader, isCollection)
    }

    /// Bytes of every encoded request.
    public static let encodedCount = 3 * 8 + 2

    public var encoded: [UInt8] {
        var out = ByteWriter()
        for value in [memberBytes, outputBytes, members] { out.put(UInt64(value)) }
        out.put(keepsUploader)
        out.put(isCollection)
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        var values: [Int] = []
        for _ in 0..<3 {
            guard let value = Int(exactly: try reader.take(UInt64.self)) else { throw MalformedMessage() }
            values.append(value)
        }
        (memberBytes, outputBytes, members) = (values[0], values[1], values[2])
        (keepsUploader, isCollection) = (try reader.takeFlag(), try reader.takeFlag())
        guard reader.isAtEnd else { throw MalformedMessage() }
    }
}

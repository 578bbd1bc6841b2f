/// Messages on the socket: a length of four bytes, little-endian, then that many bytes.
public enum Frame {
    public static let headerCount = 4

    /// The message with its length in front.
    public static func encode(_ message: [UInt8]) -> [UInt8] {
        var out = ByteWriter()
        out.put(message)
        return out.bytes
    }

    /// The length that a header states. - Precondition: four bytes.
    public static func messageCount(header: [UInt8]) -> Int {
        precondition(header.count == headerCount)
        return header.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    }
}

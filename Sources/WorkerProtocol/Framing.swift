/// Messages on the socket: a length of four bytes, little-endian, then that many bytes.
public enum Frame {
    public static let headerCount = 4

    /// The message with its length in front.
    public static func encode(_ message: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        append(message, to: &out)
        return out
    }

    /// Appends the message with its length in front.
    public static func append(_ message: [UInt8], to out: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(message.count).littleEndian) { out.append(contentsOf: $0) }
        out += message
    }

    /// The length that a header states. - Precondition: four bytes.
    public static func messageCount(header: UnsafeRawBufferPointer) -> Int {
        precondition(header.count == headerCount)
        return Int(UInt32(littleEndian: header.loadUnaligned(as: UInt32.self)))
    }
}

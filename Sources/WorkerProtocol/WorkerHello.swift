/// A worker's first message: whether it is locked down.
public struct WorkerHello: Sendable, Hashable {
    /// Changes with every change of the messages: both executables must be of one build.
    public static let protocolVersion: UInt16 = 9

    public var version = WorkerHello.protocolVersion
    /// The kernel's Landlock version; 0 when it has none, and seccomp alone protects.
    public var landlockVersion: Int
    /// What is missing of the lockdown; the worker exits after saying so. Nil when it holds.
    public var failure: String?

    public init(landlockVersion: Int, failure: String?) {
        (self.landlockVersion, self.failure) = (landlockVersion, failure)
    }

    public var encoded: [UInt8] {
        var out = ByteWriter()
        out.put(version)
        out.put(UInt16(landlockVersion))
        out.put(failure != nil)
        if let failure { out.put(Array(failure.utf8)) }
        return out.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        version = try reader.take(UInt16.self)
        landlockVersion = Int(try reader.take(UInt16.self))
        failure = try reader.takeFlag() ? try reader.takeText(limit: 1024) : nil
        guard reader.isAtEnd else { throw MalformedMessage() }
    }
}

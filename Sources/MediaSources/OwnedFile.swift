import Glibc

/// An open descriptor, closed when nobody needs it any more.
public final class OwnedFile: Sendable {
    public let descriptor: Int32

    public init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

import CCrypto

/// A digest that somebody else chose, of bytes that come in pieces, by OpenSSL.
public final class ContentHasher {
    public enum Algorithm: Sendable, Hashable {
        case md5, sha1, sha256

        /// Bytes of a digest.
        public var byteCount: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            case .sha256: 32
            }
        }
    }

    public let algorithm: Algorithm
    private let context: OpaquePointer

    /// - Precondition: OpenSSL has the algorithm and memory for a context.
    public init(_ algorithm: Algorithm) {
        self.algorithm = algorithm
        context = EVP_MD_CTX_new()
        let method =
            switch algorithm {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            }
        precondition(EVP_DigestInit_ex(context, method, nil) == 1, "OpenSSL without a digest")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    /// The digest. Nothing may follow.
    public func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { out, count in
            EVP_DigestFinal_ex(context, out.baseAddress, nil)
            count = algorithm.byteCount
        }
    }
}

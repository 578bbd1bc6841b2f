import CCrypto

/// SHA-256 of bytes that come in pieces, by OpenSSL.
public struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// - Precondition: OpenSSL has SHA-256 and memory for a context.
    public init() {
        context = EVP_MD_CTX_new()
        precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "OpenSSL without SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The digest's 32 bytes.
    public consuming func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, count in
            EVP_DigestFinal_ex(context, out.baseAddress, nil)
            count = 32
        }
    }
}

/// SHA-256 of `bytes`: 32 bytes.
public func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let hasher = SHA256Hasher()
    hasher.update(bytes)
    return hasher.finish()
}

import CCrypto
import Glibc

/// What lists name a file by, as lower-case hex digits.
public struct FileDigests: Sendable, Hashable {
    public let byteCount: Int64
    public let md5: String
    public let sha1: String
    public let sha256: String

    /// Of a file, read once from its start. Nil when it can't be read to its end, or `isStopped` says so meanwhile.
    public init?(descriptor: Int32, isStopped: () -> Bool = { false }) {
        let contexts = [EVP_md5(), EVP_sha1(), EVP_sha256()].map { kind in
            let context = EVP_MD_CTX_new()
            precondition(EVP_DigestInit_ex(context, kind, nil) == 1, "OpenSSL lacks a digest")
            return context
        }
        defer { for context in contexts { EVP_MD_CTX_free(context) } }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var offset: Int64 = 0
        while true {
            if isStopped() { return nil }
            let got = pread(descriptor, &chunk, chunk.count, off_t(offset))
            if got == 0 { break }
            if got < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            for context in contexts { EVP_DigestUpdate(context, chunk, got) }
            offset += Int64(got)
        }
        byteCount = offset
        let texts = contexts.map { context in
            var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
            var count: UInt32 = 0
            EVP_DigestFinal_ex(context, &bytes, &count)
            return bytes[..<Int(count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        (md5, sha1, sha256) = (texts[0], texts[1], texts[2])
    }
}

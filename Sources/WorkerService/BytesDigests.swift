import ContentDigest
import MediaModel
import WorkerProtocol

/// What an item's bytes are known by.
struct BytesDigests {
    let sha256: SHA256Digest
    /// If they were wanted.
    let others: ItemDigests?

    init(_ bytes: UnsafeRawBufferPointer, _ request: WorkerRequest) {
        let hasher = Hasher(request)
        hasher.update(bytes)
        self = hasher.finish()
    }

    private init(sha256: SHA256Digest, others: ItemDigests?) { (self.sha256, self.others) = (sha256, others) }

    /// Of bytes that come in pieces.
    struct Hasher {
        private let hashers: [ContentHasher]

        init(_ request: WorkerRequest) {
            let kinds: [ContentHasher.Algorithm] = request.wantsAllDigests ? [.sha256, .md5, .sha1] : [.sha256]
            hashers = kinds.map { ContentHasher($0) }
        }

        func update(_ bytes: UnsafeRawBufferPointer) {
            // Pieces that stay in the cache from one digest to the next.
            for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + 1 << 16)])
                for hasher in hashers { hasher.update(piece) }
            }
        }

        func finish() -> BytesDigests {
            let found = hashers.map { $0.finish() }
            return BytesDigests(
                sha256: SHA256Digest(bytes: found[0])!,
                others: found.count > 1 ? ItemDigests(bytes: found[1] + found[2]) : nil)
        }
    }
}

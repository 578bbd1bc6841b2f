import MediaModel
import Registry

extension NewReference {
    /// Of bytes that no other number has.
    static func madeUp(
        _ number: Int, format: MediaFormat = .jpeg, quality: Int, hashes: [OrientedHash]
    ) -> NewReference {
        var digest = [UInt8](repeating: 0, count: 32)
        (digest[0], digest[1]) = (UInt8(number & 255), UInt8(number >> 8))
        return NewReference(
            sha256: SHA256Digest(bytes: digest)!, byteCount: 10, format: format, width: 640, height: 480,
            quality: Quality(rawValue: quality), hashes: hashes, bytesOnly: nil, fileName: nil)
    }
}

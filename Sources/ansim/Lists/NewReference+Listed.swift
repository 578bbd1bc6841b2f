import ContentDigest
import Interchange
import MediaModel
import Registry

extension NewReference {
    /// PDQ sets the bits above the median: half of them, but for ties.
    private static let usualBits = 96...160

    /// What is registered of a list's entry; nil when its hashes mean nothing.
    init?(_ signal: ListedEntry.Signal, name: String?) {
        switch signal {
        case .foreign: return nil
        case .digest(let digest):
            self.init(mark: "listed \(digest.kind.rawValue) \(digest.digits)", bytesOnly: .listed, name: name)
            (imported, listed) = (.digest, digest)
        case .pdq(let hash, let quality):
            let quality = quality ?? Quality(rawValue: 100)
            guard quality >= .usualGate, Self.isUsual(hash) else { return nil }
            self.init(
                mark: "imported PDQ hash \(hash)", quality: quality, hashes: Self.turned(hash), name: name)
            imported = .pdq
        case .video(let frames):
            let kept = Self.kept(frames)
            guard let last = kept.last else { return nil }
            let text = frames.map { "\($0.milliseconds) \($0.feature.quality.rawValue) \($0.feature.hash)" }
            self.init(
                mark: "imported video " + text.joined(separator: "\n"), quality: kept.map(\.feature.quality).max(),
                name: name)
            self.frames = HashedFrames(kept.map { HashedFrame(time: $0, hashes: Self.turned($0.feature.hash)) })
            // The last frame stands as long as those before on average.
            let end = Int64(frames.last!.milliseconds)
            duration = max(Int64(last.milliseconds), end) + max(1, end / Int64(max(1, frames.count - 1)))
            imported = .vpdq
        }
    }

    /// - Parameter mark: tells it from others of its case; no file has its digest.
    private init(
        mark: String, quality: Quality? = nil, hashes: [OrientedHash] = [], bytesOnly: BytesOnlyReason? = nil,
        name: String?
    ) {
        let digest = Array("Ansim: \(mark)".utf8).withUnsafeBytes { SHA256Digest(bytes: ContentDigest.sha256($0))! }
        self.init(
            sha256: digest, byteCount: 0, format: .unknown, width: nil, height: nil, quality: quality, hashes: hashes,
            bytesOnly: bytesOnly, fileName: name)
    }

    private static func isUsual(_ hash: Hash256) -> Bool {
        usualBits.contains(256 - hash.distance(to: Hash256(.max, .max, .max, .max)))
    }

    private static func turned(_ hash: Hash256) -> [OrientedHash] {
        Dihedral.allCases.map { OrientedHash(orientation: $0, hash: hash.turned($0)) }
    }

    /// As of a video that is registered: frames that say something, and differ from the last one kept.
    private static func kept(_ frames: [FrameFeature]) -> [FrameFeature] {
        var kept: [FrameFeature] = []
        for frame in frames where frame.feature.quality >= .usualGate && isUsual(frame.feature.hash) {
            let distance = kept.last.map { $0.feature.hash.distance(to: frame.feature.hash) } ?? 256
            if distance > RegisterCommand.leastFrameDistance { kept.append(frame) }
        }
        return kept
    }
}

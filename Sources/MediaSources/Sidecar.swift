import Glibc
import JSONFields
public import MediaModel

/// What downloaders write beside media: gallery-dl `FILE.json`, yt-dlp `NAME.info.json`.
public enum Sidecar {
    /// Bytes of a sidecar.
    static let maximumCount = 4 << 20

    private static let suffix = Array(".json".utf8)
    private static let infoSuffix = Array(".info.json".utf8)
    /// What yt-dlp names its media; their sidecar replaces the suffix.
    private static let mediaSuffixes = [
        "mp4", "webm", "mkv", "mov", "m4v", "flv", "3gp", "avi", "ts", "ogv", "gif", "jpg", "jpeg", "png", "webp",
    ].map { Array(".\($0)".utf8) }

    /// Whether the file at `path`, named like a sidecar, lies beside media that it belongs to.
    static func isSidecar(_ path: [UInt8]) -> Bool {
        if hasSuffix(path, infoSuffix) {
            let stem = path.dropLast(infoSuffix.count)
            if mediaSuffixes.contains(where: { FileSystem.isFile(stem + $0) }) { return true }
        }
        guard hasSuffix(path, suffix) else { return false }
        let media = path.dropLast(suffix.count)
        return media.last != UInt8(ascii: "/") && !hasSuffix(Array(media), suffix) && FileSystem.isFile(Array(media))
    }

    static func isNamedLikeSidecar(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        name.count > suffix.count && name.suffix(suffix.count).elementsEqual(suffix)
    }

    private static func hasSuffix(_ path: [UInt8], _ suffix: [UInt8]) -> Bool {
        path.count > suffix.count && path.suffix(suffix.count).elementsEqual(suffix)
    }

    /// What the sidecar of the media at `path` says; nil when there is none.
    public static func origin(ofMedia path: [UInt8], keepsUploader: Bool) -> Origin? {
        var candidates = [path + suffix]
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        if let dot = path[start...].lastIndex(of: UInt8(ascii: ".")), dot > start {
            candidates.append(Array(path[..<dot]) + infoSuffix)
        }
        for sidecar in candidates {
            guard let content = FileSystem.content(of: sidecar, maximumCount: maximumCount) else { continue }
            var origin = Origin()
            origin.sidecar = String(decoding: sidecar[start...], as: UTF8.self)
            switch content {
            case .failure(let error): origin.sidecarNote = "it can't be read: \(error.text)"
            case .success(nil): origin.sidecarNote = "it has more than \(maximumCount) bytes"
            case .success(let bytes?):
                do throws(JSONProblem) {
                    origin.take(try JSONFields(bytes[...]), keepsUploader: keepsUploader)
                } catch {
                    origin.sidecarNote = "it \(error.text)"
                }
            }
            return origin
        }
        return nil
    }
}

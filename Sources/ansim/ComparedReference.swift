import HashIndex
import Matching
import MediaModel
import Scanning

/// An examined file as if it were the only registered one.
struct ComparedReference {
    private let entries: [IndexEntry]
    private let video: RegisteredVideo?
    private let details: [DetailedPicture]
    /// Pixels.
    private let size: (width: Int, height: Int)
    private static let id = ReferenceID(rawValue: 1)

    /// Nil when nothing of it can be compared by hash.
    init?(_ examination: Examination, gate: Quality) {
        switch examination.content {
        case .picture(let facts, let hashes):
            guard !facts.isDegenerate, facts.quality >= gate else { return nil }
            entries = hashes.map { IndexEntry(hash: $0.hash, reference: Self.id, orientation: $0.orientation) }
            video = nil
            size = (facts.width, facts.height)
            details = [DetailedPicture(reference: Self.id, details: examination.details)]
        case .video(let facts, let frames):
            let kept = frames.filter { $0.time.feature.isComparable(gate: gate) }
            guard !kept.isEmpty else { return nil }
            entries = kept.flatMap { frame in
                frame.hashes.map {
                    IndexEntry(
                        hash: $0.hash, reference: Self.id, orientation: $0.orientation,
                        milliseconds: frame.time.milliseconds)
                }
            }
            video = RegisteredVideo(
                frameTimes: kept.map(\.time.milliseconds), duration: facts.durationMilliseconds)
            size = (facts.width, facts.height)
            details = kept.filter { !$0.details.isEmpty }.map {
                DetailedPicture(reference: Self.id, milliseconds: $0.time.milliseconds, details: $0.details)
            }
        case .failure: return nil
        }
    }

    func matcher(_ policy: MatchingPolicy, depth: SearchDepth = .quick) -> Matcher {
        Matcher(
            index: ReferenceIndex(entries: entries, radius: policy.threshold),
            references: [
                RegisteredReference(
                    id: Self.id, caseID: CaseID(rawValue: "A")!,
                    sha256: SHA256Digest(bytes: [UInt8](repeating: 0, count: 32))!, video: video,
                    width: size.width, height: size.height)
            ], policy: policy, details: DetailIndex(details, depth: depth))
    }
}

import CommonDecoding
import Decoding
import Foundation
import MediaModel
import TestSupport
import Testing

/// Every frame as Meta's vPDQ hashes it.
@Suite(.enabled(if: Paths.shared != nil)) struct GoldenVideos {
    @Test(arguments: GoldenVideo.samples, VPDQArithmetic.allCases)
    func ofTheReferenceHaveItsHashes(_ golden: GoldenVideo, arithmetic: VPDQArithmetic) throws {
        try check(golden, arithmetic)
    }

    @Test(arguments: GoldenVideo.edgeCases)
    func withOddTraitsHaveItsHashes(_ golden: GoldenVideo) throws { try check(golden, .x86) }

    @Test(arguments: GoldenVideo.edgeCases)
    func areSampledAtItsFrames(_ golden: GoldenVideo) throws {
        guard !golden.rows.isEmpty else { return }
        for (seconds, numbers) in [(1.0, golden.atOneSecond), (0.5, golden.atHalfASecond)] {
            let (video, frames) = try hashFrames(golden.file, .vpdq(secondsPerHash: seconds))
            #expect(frames.map(\.time.number) == numbers)
            let stamps = frames.map { String(format: "%.3f", Float($0.time.number) / Float(video.framesPerSecond)) }
            if seconds == 1 { #expect(stamps == golden.timestampsAtOneSecond) }
        }
    }

    private func check(_ golden: GoldenVideo, _ arithmetic: VPDQArithmetic) throws {
        guard !golden.rows.isEmpty else {
            #expect(throws: DecodeError.self) { try hashFrames(golden.file, .vpdq(secondsPerHash: 0)) }
            return
        }
        let (_, frames) = try hashFrames(golden.file, .vpdq(secondsPerHash: 0), arithmetic: arithmetic)
        #expect(frames.map(\.time.number) == Array(golden.rows.indices))
        var (wrong, farthest) = (0, 0)
        for (row, frame) in zip(golden.rows, frames) {
            let (hash, quality) = arithmetic == .x86 ? (row.hash, row.quality) : (row.portableHash, row.portableQuality)
            if frame.hash != hash || frame.quality != quality { wrong += 1 }
            farthest = max(farthest, frame.hash.distance(to: hash))
        }
        #expect(wrong == 0, "\(wrong) of \(frames.count) frames differ, by at most \(farthest) bits")
    }
}

struct GoldenVideo: Sendable, CustomTestStringConvertible {
    struct Row: Sendable {
        let quality: Int
        let hash: Hash256
        let portableQuality: Int
        let portableHash: Hash256
    }

    let path: String
    /// None: the reference fails.
    let rows: [Row]
    var atOneSecond: [Int] = []
    var atHalfASecond: [Int] = []
    var timestampsAtOneSecond: [String] = []

    var testDescription: String { path }
    var file: URL { shared(path) }

    static let samples = load("golden/vpdq_videos.json", files: "media/threatexchange/")
    static let edgeCases = load("golden/vpdq_edge.json", files: "")

    private static func load(_ list: String, files: String) -> [GoldenVideo] {
        guard let folder = Paths.shared, let data = try? Data(contentsOf: folder.appending(path: list)),
            let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return [] }
        return (json["videos"] as! [[String: Any]]).map { video in
            let rows = (video["rows"] as? [[Any]] ?? []).map { row in
                let (quality, hash) = (row[1] as! Int, Hash256(row[2] as! String)!)
                guard row.count > 5 else {
                    return Row(quality: quality, hash: hash, portableQuality: quality, portableHash: hash)
                }
                return Row(
                    quality: quality, hash: hash, portableQuality: row[4] as! Int,
                    portableHash: Hash256(row[5] as! String)!)
            }
            return GoldenVideo(
                path: files + ((video["path"] ?? video["file"]) as! String), rows: rows,
                atOneSecond: video["frame_numbers_at_1_second"] as? [Int] ?? [],
                atHalfASecond: video["frame_numbers_at_half_second"] as? [Int] ?? [],
                timestampsAtOneSecond: video["timestamps_at_1_second"] as? [String] ?? [])
        }
        .filter { FileManager.default.fileExists(atPath: folder.appending(path: $0.path).path) }
    }
}

import CommonDecoding
import Decoding
import Foundation
import MediaModel
import TestSupport
import Testing

/// Leaving packets out changes no frame that is handed on.
@Suite struct Selections {
    /// Made by scripts/make-test-videos: 7 s, each a way of coding that leaving packets out could trip over.
    private static let fixtures = Paths.root.appending(path: "Tests/VideoTests/Fixtures")
    static let own = try! FileManager.default.contentsOfDirectory(at: fixtures, includingPropertiesForKeys: nil)
        .sorted { $0.path < $1.path }
    static let clips: [URL] = own + (Paths.shared == nil ? [] : sharedClips.map { shared($0) })
    private static let sharedClips = [
        "media/videos/zulko__chaplin.mp4", "media/videos/opengvlab__yoga.mp4",
        "media/videos/intel-iot-devkit__again.mkv", "media/threatexchange/tmk/sample-videos/pattern-sd-grey-bar.mp4",
        "golden/videos/vfr.mp4", "golden/videos/interlaced_mpeg2.ts", "golden/videos/oddwidth_321x242.webm",
        "golden/videos/editlist.mp4", "golden/videos/hevc10.mp4", "golden/videos/vp8_alpha.webm",
        "golden/videos/anim.gif", "golden/videos/audio_first_two_videos.mp4",
    ]
    /// States a time for few of its packets.
    private static let timeless = "media/videos/open-mmlab__test.avi"

    @Test(arguments: clips)
    func handOnTheSameFrames(_ clip: URL) throws {
        let (_, every) = try hashFrames(clip, .every)
        let byTime = Dictionary(every.map { ($0.time.milliseconds, $0) }) { first, _ in first }
        #expect(every.map(\.time.number) == Array(every.indices))
        for selection in [
            FrameSelection.interval(1000), .interval(250), .keyFrames(maximumGap: 2000), .keyFrames(maximumGap: 300),
            .keyFrames(maximumGap: nil),
        ] {
            let (video, frames) = try hashFrames(clip, selection)
            #expect(video.damage == nil)
            for frame in frames {
                let same = try #require(
                    byTime[frame.time.milliseconds], "\(selection) at \(frame.time.milliseconds) ms")
                #expect(frame.hash == same.hash && frame.quality == same.quality, "\(selection), \(frame.time)")
                #expect(frame.time.number == same.time.number, "\(selection), \(frame.time)")
            }
            let times = frames.map(\.time.milliseconds)
            #expect(times == times.sorted())
            switch selection {
            case .interval(let interval):
                // One around each multiple of it, where there are frames.
                func span(_ frame: HashedFrame) -> Int { (Int(frame.time.milliseconds) + interval / 2) / interval }
                #expect(frames.map(span) == Set(every.map(span)).sorted(), "\(selection)")
            case .keyFrames(let stated):
                let gap = stated ?? 5500
                #expect(times.first! <= gap)
                for frame in every {
                    let nearest = times.map { abs($0 - frame.time.milliseconds) }.min()!
                    // Half a frame at the lowest rate of these clips.
                    #expect(nearest <= gap + 60, "\(selection): \(frame.time.milliseconds) ms is \(nearest) ms away")
                }
            default: break
            }
        }
    }

    @Test(.enabled(if: Paths.shared != nil)) func handOnTheSameFramesOfFilesWithoutTimes() throws {
        let every = try hashFrames(shared(Self.timeless), .every).frames
        for selection in [FrameSelection.interval(1000), .keyFrames(maximumGap: 500)] {
            for frame in try hashFrames(shared(Self.timeless), selection).frames {
                let near = every.filter { abs($0.time.milliseconds - frame.time.milliseconds) <= 150 }
                #expect(near.contains { $0.hash == frame.hash }, "\(selection), \(frame.time)")
            }
        }
    }

    @Test(.enabled(if: Paths.shared != nil)) func ofKeyFramesHoldThemAll() throws {
        let clip = shared("media/videos/zulko__chaplin.mp4")
        let keys = try hashFrames(clip, .every, .fast).frames.filter(\.time.isKey).map(\.time)
        let times = try hashFrames(clip, .keyFrames(maximumGap: 1_000_000), .fast).frames.map(\.time)
        #expect(Set(times).isSuperset(of: keys))
    }

    /// Five scenes of three seconds, one key frame in 12.5 s.
    @Test func lookAtScenesWithoutKeyFrames() throws {
        let clip = Self.fixtures.appending(path: "h264-cuts.mp4")
        let (video, frames) = try hashFrames(clip, .keyFrames(maximumGap: nil), .fast)
        for scene in 0..<5 {
            #expect(frames.contains { $0.time.milliseconds / 3000 == scene }, "scene \(scene)")
        }
        #expect(frames.count <= 7)
        #expect(try video.decodedFrames < hashFrames(clip, .keyFrames(maximumGap: 1000), .fast).video.decodedFrames)
    }

    /// The same, of coders that decode much before it is shown. In VP9 one change costs no more than movement.
    @Test(arguments: [("av1-cuts.mp4", [0, 1, 2, 3, 4]), ("vp9-cuts.webm", [0, 1, 2, 4])] as [(String, Set<Int>)])
    func lookAtScenesThatAreDecodedEarly(_ clip: String, scenes: Set<Int>) throws {
        let frames = try hashFrames(Self.fixtures.appending(path: clip), .keyFrames(maximumGap: nil), .fast).frames
        #expect(Set(frames.map { Int($0.time.milliseconds) / 3000 }).isSuperset(of: scenes))
        #expect(frames.count <= 6)
    }

    @Test(.enabled(if: Paths.shared != nil)) func decodeLess() throws {
        let clip = shared("media/threatexchange/tmk/sample-videos/chair-19-sd-bar.mp4")
        let every = try hashFrames(clip, .every, .fast).video
        let sampled = try hashFrames(clip, .interval(1000), .fast).video
        let keys = try hashFrames(clip, .keyFrames(maximumGap: 2000), .fast).video
        #expect(sampled.decodedFrames < every.decodedFrames)
        #expect(keys.decodedFrames < sampled.decodedFrames)
    }

    /// The packets that need each other are a small part, the shown ones of them less.
    @Test func decodeOfAV1WhatIsNeeded() throws {
        let clip = Self.fixtures.appending(path: "av1.mp4")
        let every = try hashFrames(clip, .every, .fast).video.decodedFrames
        #expect(try hashFrames(clip, .interval(1000), .fast).video.decodedFrames * 2 < every)
    }

    /// Luma from its plane instead of through colours, and key frames without their loop filter.
    @Test(.enabled(if: Paths.shared != nil), arguments: clips.filter { !own.contains($0) })
    func inFastPrecisionLieNearTheExactOnes(_ clip: URL) throws {
        try expectNear(clip, .interval(500), meanBits: 3)
        // Of some clips, one frame.
        try expectNear(clip, .keyFrames(maximumGap: nil), meanBits: 4)
    }

    private func expectNear(_ clip: URL, _ selection: FrameSelection, meanBits: Int) throws {
        let exact = try hashFrames(clip, selection, .exact).frames.filter { $0.quality >= 50 }
        let fast = try hashFrames(clip, selection, .fast).frames
        let byNumber = Dictionary(fast.map { ($0.time.number, $0) }) { first, _ in first }
        let pairs = exact.compactMap { frame in byNumber[frame.time.number].map { (frame, $0) } }
        #expect(pairs.count == exact.count)
        let distances = pairs.map { $0.hash.distance(to: $1.hash) }
        #expect(distances.reduce(0, +) <= meanBits * distances.count, "\(distances)")
        #expect(distances.allSatisfy { $0 <= 16 }, "\(distances)")
        #expect(pairs.allSatisfy { abs($0.quality - $1.quality) <= 5 })
    }
}

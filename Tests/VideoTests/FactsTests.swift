import CommonDecoding
import Decoding
import Foundation
import MediaModel
import TestSupport
import Testing

/// What a file states, and what is wrong with it.
@Suite(.enabled(if: Paths.shared != nil)) struct Videos {
    @Test func tellTheirRotation() throws {
        #expect(try hashFrames(shared("golden/videos/rotated90.mp4"), .every, .fast).video.rotation % 180 == 90)
        #expect(try hashFrames(shared("golden/videos/pal25.mp4"), .every, .fast).video.rotation == 0)
    }

    @Test func tellTheirTimes() throws {
        let (video, frames) = try hashFrames(shared("golden/videos/pal25.mp4"), .every, .fast)
        #expect(frames.map(\.time.milliseconds) == (0..<100).map { $0 * 40 })
        #expect(video.framesPerSecond == 25 && video.duration == 3960 && video.container.contains("mp4"))
        #expect(video.codec == "h264" && (video.width, video.height) == (320, 240) && !video.hasFurtherStreams)
    }

    @Test func withSeveralStreamsSaySo() throws {
        let video = try hashFrames(shared("golden/videos/audio_first_two_videos.mp4"), .every, .fast).video
        #expect(video.hasFurtherStreams && video.frames == 20)
    }

    @Test func withoutIndexSaySo() throws {
        #expect(throws: DecodeError.corrupt("the index (moov) is missing: the end of the file is cut off")) {
            try hashFrames(shared("golden/videos/truncated.mp4"), .every, .fast)
        }
    }

    @Test(arguments: [FrameSelection.every, .interval(500), .keyFrames(maximumGap: 1000)])
    func thatAreCutOffGiveWhatTheyHave(_ selection: FrameSelection) throws {
        let (video, frames) = try hashFrames(shared("golden/videos/truncated_faststart.mp4"), selection)
        #expect(!frames.isEmpty && video.damage?.contains("the file ends too early") == true)
        #expect(throws: DecodeError.self) {
            try hashFrames(shared("golden/videos/truncated_faststart.mp4"), .vpdq(secondsPerHash: 0))
        }
    }

    @Test(arguments: [
        "media/videos/intel-iot-devkit__again.mkv", "media/videos/open-mmlab__test.avi",
        "golden/videos/interlaced_mpeg2.ts",
        "golden/videos/vp8_alpha.webm",
    ])
    func thatAreCutAnywhereGiveTheirFirstFrames(_ clip: String) throws {
        let folder = TemporaryFolder()
        let whole = try Data(contentsOf: shared(clip))
        let frames = try hashFrames(shared(clip), .every, .fast).frames
        for part in [0.3, 0.77] {
            let file = try folder.write(whole.prefix(Int(Double(whole.count) * part)), to: "cut")
            let (video, kept) = try hashFrames(file, .every, .fast)
            #expect(kept.count < frames.count && kept.count > 0)
            if !clip.hasSuffix(".ts") { #expect(video.damage?.contains("ends too early") == true) }
            // The last ones may be concealed.
            let same = zip(kept, frames).prefix { $0.hash == $1.hash }.count
            #expect(same >= kept.count - 3, "\(same) of \(kept.count)")
        }
    }

    @Test func withFlippedBytesGiveAnErrorOrFrames() throws {
        let folder = TemporaryFolder()
        var random = SeededGenerator(seed: 8)
        let clips = ["golden/videos/pal25.mp4", "golden/videos/vp8_alpha.webm", "golden/videos/hevc10.mp4"].map(shared)
        let own = Paths.root.appending(path: "Tests/VideoTests/Fixtures/av1.mp4")
        for clip in clips + [own] {
            let whole = try Data(contentsOf: clip)
            for _ in 0..<10 {
                var data = whole
                for _ in 0..<20 { data[Int.random(in: 0..<data.count, using: &random)] ^= 0x55 }
                let file = try folder.write(data, to: "flipped")
                for selection in [FrameSelection.every, .interval(300), .keyFrames(maximumGap: 300)] {
                    _ = try? hashFrames(file, selection, .fast)
                }
            }
        }
    }

    @Test func keepTheirLimits() throws {
        let clip = shared("golden/videos/pal25.mp4")
        #expect(throws: DecodeError.self) {
            try hashFrames(clip, .every, .fast, limits: ItemLimits(pixels: 320 * 240 - 1))
        }
        // What was seen before the limit stays seen.
        let some = try hashFrames(clip, .every, .fast, limits: ItemLimits(frames: 50)).video
        #expect(some.limit == .tooComplex("more than 50 frames") && some.frames == 50 && some.width == 320)
        #expect(throws: DecodeError.tooSlow) {
            try hashFrames(clip, .every, .fast, limits: ItemLimits(videoSeconds: 0))
        }
    }

    @Test func thatAreHostileEndInAnErrorOrFrames() throws {
        let folder = shared("media/hostile")
        let suffixes = [
            "mp4", "mov", "webm", "mkv", "avi", "gif", "webp", "m3u8", "ffconcat", "ts", "flv", "ogv", "png",
        ]
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            .filter { name in suffixes.contains { name.hasSuffix(".\($0)") } && !name.contains("pngsuite") }
        #expect(files.count > 100)
        let limits = ItemLimits(pixels: 20_000_000, memory: 200 << 20, videoSeconds: 3, frames: 200)
        for file in files {
            for selection in [FrameSelection.every, .keyFrames(maximumGap: 2000)] {
                _ = try? hashFrames(folder.appending(path: file), selection, .fast, limits: limits)
            }
        }
    }
}

/// GIF, PNG and WebP that move.
@Suite struct Animations {
    private static let fixtures = Paths.root.appending(path: "Tests/DecodingTests/Fixtures")

    @Test(arguments: ["gif-animated.gif", "png-animated.png", "webp-animated.webp"])
    func areVideos(_ name: String) throws {
        let file = Self.fixtures.appending(path: name)
        #expect(try Data(contentsOf: file).withUnsafeBytes { isAnimated($0) })
        for precision in HashPrecision.allCases {
            let (video, frames) = try hashFrames(file, .every, precision)
            #expect(frames.count > 1 && video.frames == frames.count && video.damage == nil)
            #expect(Set(frames.map(\.time.milliseconds)).count == frames.count)
            #expect(try hashFrames(file, .interval(1_000_000), precision).frames.count == 1)
        }
    }

    /// Within the data of a picture, after them, and before the trailer; what stands behind it is no damage.
    @Test func ofGIFTellThatTheirEndIsMissing() throws {
        let folder = TemporaryFolder()
        let whole = try Data(contentsOf: Self.fixtures.appending(path: "gif-animated.gif"))
        try #require(whole.last == 0x3B)
        for count in [whole.count - 1, whole.count - 2, whole.count - 20] {
            let (video, frames) = try hashFrames(folder.write(whole.prefix(count), to: "cut.gif"), .every, .fast)
            #expect(video.damage?.contains("the file ends too early") == true && !frames.isEmpty, "\(count)")
        }
        for more in [Data([0]), Data("and more".utf8), whole] {
            #expect(try hashFrames(folder.write(whole + more, to: "more.gif"), .every, .fast).video.damage == nil)
        }
    }

    /// The trailer is looked for beyond the first piece of a large file, too.
    @Test(.enabled(if: Paths.shared != nil)) func ofMuchGIFTellThatTheirEndIsMissing() throws {
        let clip = shared("media/videos/intel-iot-devkit__people-detection.gif")
        let folder = TemporaryFolder()
        let cut = try folder.write(Data(contentsOf: clip).prefix(200_000), to: "cut.gif")
        #expect(try hashFrames(clip, .keyFrames(maximumGap: nil), .fast).video.damage == nil)
        let (video, frames) = try hashFrames(cut, .keyFrames(maximumGap: nil), .fast)
        #expect(video.damage?.contains("the file ends too early") == true && !frames.isEmpty)
    }

    @Test(arguments: ["gif-plain.gif", "png-rgb8.png", "webp-lossy.webp"])
    func areNotPicturesThatStandStill(_ name: String) throws {
        guard let data = try? Data(contentsOf: Self.fixtures.appending(path: name)) else { return }
        #expect(!data.withUnsafeBytes { isAnimated($0) })
    }
}

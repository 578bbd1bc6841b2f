import CommonDecoding
import Decoding
import Foundation
import MediaModel
import TestSupport
import Testing

/// The same ten frames in many containers, and as streams without one; made by scripts/make-test-videos.
@Suite struct Containers {
    private static let folder = Paths.root.appending(path: "Tests/VideoTests/Containers")

    @Test(arguments: [
        ("raw.y4m", "yuv4mpegpipe"), ("vp8.ivf", "ivf"), ("rv20.rm", "rm"), ("mpeg2.mxf", "mxf"), ("mpeg4.nut", "nut"),
        ("h264.264", "h264"), ("hevc.265", "hevc"), ("mpeg4.m4v", "m4v"), ("mpeg1.m1v", "mpegvideo"),
        ("av1.obu", "obu"),
        ("sorenson.swf", "swf"), ("wmv2.wmv", "asf"), ("mpeg4.wtv", "wtv"), ("mjpeg.smjpeg", "smjpeg"),
        ("mjpeg.mpjpeg", "mpjpeg"), ("cinepak.cpk", "film_cpk"), ("h263.263", "h263"), ("h264.m2ts", "mpegts"),
        ("roq.roq", "roq"), ("mpeg2.vob", "mpeg"),
    ])
    func areToldByTheirContentAndDecoded(name: String, container: String) throws {
        let file = Self.folder.appending(path: name)
        #expect(try sniffed(file) == .video)
        let (video, frames) = try hashFrames(file, .every, .fast)
        #expect(video.container == container && video.damage == nil)
        #expect(frames.count >= (name == "raw.y4m" ? 4 : 9), "\(frames.count)")
        // As in the same frame of any other one.
        let first = try hashFrames(Self.folder.appending(path: "h264.264"), .every, .fast).frames[0]
        #expect(frames[0].hash.distance(to: first.hash) <= 40, "\(frames[0].hash.distance(to: first.hash))")
    }

    @Test(arguments: [("sequence.avif", MediaFormat.avif), ("sequence.heics", .heif)])
    func ofPicturesAreVideosToo(name: String, format: MediaFormat) throws {
        let file = Self.folder.appending(path: name)
        #expect(try sniffed(file) == format)
        #expect(try hashFrames(file, .every, .fast).frames.count == 10)
    }

    @Test func thatOnlyBeginAlikeAreNone() throws {
        func kind(_ bytes: [UInt8]) -> MediaFormat { bytes.withUnsafeBytes { sniff($0) } }
        // Starts of an icon and of a font, text, and zeros.
        for bytes in [
            [0, 0, 1, 0, 1, 0, 16, 16] + [UInt8](repeating: 0, count: 100),
            [0, 1, 0, 0, 0, 12, 0, 128] + [UInt8](repeating: 0, count: 100), Array("GGGG on this page".utf8),
            [UInt8](repeating: 0, count: 2000), [UInt8](repeating: 0x47, count: 100),
        ] {
            #expect(kind(bytes) != .video)
        }
    }

    private func sniffed(_ file: URL) throws -> MediaFormat {
        try Data(contentsOf: file).withUnsafeBytes { sniff($0) }
    }
}

import CommonDecoding
import Decoding
import Foundation
import MediaModel
import PerceptualHash

/// Whole videos to hashes: how many times faster than they play, by CPU time.
func benchmarkVideos(_ paths: [String]) {
    let ways: [(name: String, selection: FrameSelection, precision: HashPrecision)] = [
        ("decode only", .every, .fast), ("colours only", .every, .exact), ("every", .every, .fast),
        ("every, exact", .every, .exact),
        ("one a second", .interval(1000), .fast), ("key frames", .keyFrames(maximumGap: 2000), .fast),
        ("vPDQ at 1/s", .vpdq(secondsPerHash: 1), .exact),
    ]
    for path in paths {
        guard let handle = FileHandle(forReadingAtPath: path) else { continue }
        print(URL(filePath: path).lastPathComponent)
        for way in ways {
            var sink = BenchmarkSink(precision: way.precision, hashes: !way.name.hasSuffix("only"))
            var outcome: Result<Video, any Error>?
            let time = measure {
                outcome = Result {
                    try decodeVideo(
                        descriptor: handle.fileDescriptor, limits: ItemLimits(), selection: way.selection,
                        precision: way.precision, into: &sink)
                }
            }
            switch outcome! {
            case .failure(let error): print("  \(padded(way.name, 16)) \(error)")
            case .success(let video):
                let seconds = Double(video.duration) / 1000
                let rate = (seconds / time.cpu * 10).rounded() / 10
                print(
                    "  \(padded(way.name, 16)) \(padded("\(rate)x", 10)) "
                        + padded("\((time.cpu / max(seconds, 1e-3) * 1e5).rounded() / 100) ms CPU a second", 30)
                        + "\(video.frames) of \(video.decodedFrames) decoded frames"
                        + (video.damage.map { ", \($0)" } ?? ""))
            }
        }
    }
}

/// Of each video a line: its name and the seconds at which `keyframes` looks at it, without a stated gap.
func printLooks(_ paths: [String]) throws {
    for path in paths {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        var sink = TimesSink()
        _ = try decodeVideo(
            descriptor: handle.fileDescriptor, limits: ItemLimits(), selection: .keyFrames(maximumGap: nil),
            precision: .fast, into: &sink)
        print(URL(filePath: path).lastPathComponent, sink.seconds.map { "\($0)" }.joined(separator: " "))
    }
}

private struct TimesSink: FrameSink {
    var seconds: [Double] = []

    mutating func add(_ time: FrameTime, _ pixels: FramePixels) { seconds.append(Double(time.milliseconds) / 1000) }
}

private struct BenchmarkSink: FrameSink {
    let precision: HashPrecision
    let hashes: Bool

    mutating func add(_ time: FrameTime, _ pixels: FramePixels) {
        guard hashes else { return }
        let hasher = PDQHasher(
            width: pixels.width, height: pixels.height, layout: PixelLayout(channels: pixels.channels),
            precision: precision)
        hasher.add(rows: pixels.pixels, count: pixels.height, stride: pixels.stride)
        _ = hasher.finish()
    }
}

import CommonDecoding
import Decoding
import Foundation
import MediaModel
import PerceptualHash
import TestSupport

struct HashedFrame: Hashable {
    let time: FrameTime
    let hash: Hash256
    let quality: Int
    let width: Int
}

/// Hashes what it gets.
struct HashingSink: FrameSink {
    let precision: HashPrecision
    private(set) var frames: [HashedFrame] = []

    init(_ precision: HashPrecision) { self.precision = precision }

    mutating func add(_ time: FrameTime, _ pixels: FramePixels) throws(DecodeError) {
        let hasher = PDQHasher(
            width: pixels.width, height: pixels.height, layout: PixelLayout(channels: pixels.channels),
            precision: precision)
        hasher.add(rows: pixels.pixels, count: pixels.height, stride: pixels.stride)
        let feature = hasher.finish().feature
        frames.append(
            HashedFrame(time: time, hash: feature.hash, quality: feature.quality.rawValue, width: pixels.width))
    }
}

/// Hashes the frames of a file.
func hashFrames(
    _ file: URL, _ selection: FrameSelection, _ precision: HashPrecision = .exact,
    arithmetic: VPDQArithmetic = .x86, limits: ItemLimits = ItemLimits()
) throws -> (video: Video, frames: [HashedFrame]) {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    var sink = HashingSink(precision)
    let video = try decodeVideo(
        descriptor: handle.fileDescriptor, limits: limits, selection: selection, precision: precision,
        arithmetic: arithmetic, into: &sink)
    return (video, sink.frames)
}

/// A file of the shared media; the suites that use it are skipped where there are none.
func shared(_ path: String) -> URL { Paths.shared!.appending(path: path) }

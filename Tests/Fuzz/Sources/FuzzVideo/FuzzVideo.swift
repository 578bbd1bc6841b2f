import CommonDecoding
import Decoding
import Glibc
import MediaModel

/// Containers and streams of moving pictures, through the demuxer's reading and seeking in a file: an error, or frames
/// with all their pixels.
///
/// The last byte says which frames are wanted, and for which hashes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: data, count: count)
    guard let choice = input.last, [.video, .gif, .png, .webp, .avif, .heif].contains(sniff(input)) else { return -1 }
    guard ftruncate(file, 0) == 0, pwrite(file, input.baseAddress!, count, 0) == count else { fatalError("no file") }
    let limits = ItemLimits(pixels: 1 << 16, memory: 64 << 20, videoSeconds: 2, frames: 100)
    var sink = CheckingSink()
    let video = try? decodeVideo(
        descriptor: file, limits: limits, selection: selections[Int(choice) % selections.count],
        precision: choice & 0x80 == 0 ? .fast : .exact, into: &sink)
    if let video { precondition(video.frames == sink.count && video.frames <= video.decodedFrames) }
    return 0
}

private let selections: [FrameSelection] = [
    .every, .interval(200), .keyFrames(maximumGap: 2000), .keyFrames(maximumGap: 100), .vpdq(secondsPerHash: 0),
]

/// Without a name, as the worker's are.
private let file: Int32 = fileno(tmpfile())

/// Reads every byte that it is given.
private struct CheckingSink: FrameSink {
    var count = 0
    private var sum: UInt64 = 0

    mutating func add(_ time: FrameTime, _ pixels: FramePixels) {
        precondition(pixels.width > 0 && pixels.height > 0 && [1, 3, 4].contains(pixels.channels))
        for row in 0..<pixels.height {
            for x in 0..<pixels.width * pixels.channels { sum &+= UInt64(pixels.pixels[row * pixels.stride + x]) }
        }
        count += 1
    }
}

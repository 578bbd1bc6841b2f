import CommonDecoding
import Decoding
public import MediaModel

/// Runs the decoder of some formats: an error, or a picture with all its rows.
///
/// - Returns: what libFuzzer wants: 0, or -1 for an input that is none of these formats and is not worth keeping.
public func fuzzDecoding(of formats: Set<MediaFormat>, _ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // A copy of just this size: AddressSanitizer sees every byte beyond it.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { copy.deallocate() }
    if count > 0 { copy.copyMemory(from: UnsafeRawBufferPointer(start: data, count: count)) }
    let bytes = UnsafeRawBufferPointer(copy)
    guard formats.contains(sniff(bytes)) else { return -1 }
    var sink = CheckingSink()
    let limits = ItemLimits(pixels: 1 << 18, memory: 64 << 20, seconds: 2)
    if let picture = try? decodePicture(bytes, limits: limits, into: &sink) {
        precondition(sink.shape == picture.shape && sink.rows == picture.shape.height)
    }
    return 0
}

/// A sink that reads every byte it is given, and counts the rows.
private struct CheckingSink: PixelSink {
    var shape: PictureShape?
    var rows = 0
    var sum: UInt64 = 0

    mutating func begin(_ shape: PictureShape) {
        precondition(shape.width > 0 && shape.height > 0)
        (self.shape, rows) = (shape, 0)
    }

    mutating func add(rows pixels: UnsafePointer<UInt8>, count: Int, stride: Int) {
        let width = shape!.width * shape!.channels
        for row in 0..<count {
            for x in 0..<width { sum &+= UInt64(pixels[row * stride + x]) }
        }
        rows += count
    }
}

import Decoding
import MediaModel

/// A sink that reads every byte it is given, and counts the rows.
private struct CheckingSink: PixelSink {
    var shape: PictureShape?
    var rows = 0
    var sum: UInt64 = 0

    mutating func begin(_ shape: PictureShape) {
        precondition(self.shape == nil && shape.width > 0 && shape.height > 0)
        self.shape = shape
    }

    mutating func add(rows pixels: UnsafePointer<UInt8>, count: Int, stride: Int) {
        let width = shape!.width * shape!.channels
        for row in 0..<count {
            for x in 0..<width { sum &+= UInt64(pixels[row * stride + x]) }
        }
        rows += count
    }
}

/// Each decoder's way through our code: an error, or a picture with all its rows.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { copy.deallocate() }
    if count > 0 { copy.copyMemory(from: UnsafeRawBufferPointer(start: data, count: count)) }
    var sink = CheckingSink()
    let limits = ItemLimits(pixels: 1 << 18, memory: 64 << 20, seconds: 2)
    if let picture = try? decodePicture(UnsafeRawBufferPointer(copy), limits: limits, into: &sink) {
        precondition(sink.shape == picture.shape && sink.rows == picture.shape.height)
    }
    return 0
}

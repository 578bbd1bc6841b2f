import CommonDecoding
import Decoding
import MediaModel
import PerceptualHash

/// A file's bytes -> hash, as a worker does it; nil when they don't decode.
func hashOfFile(_ bytes: UnsafeRawBufferPointer, _ precision: HashPrecision) -> Feature? {
    var sink = RowsSink(precision: precision)
    guard (try? decodePicture(bytes, limits: ItemLimits(), precision: precision, into: &sink)) != nil else {
        return nil
    }
    return sink.hasher!.finish().feature
}

/// Pixels -> hash.
func hashOfPixels(
    _ pixels: UnsafeBufferPointer<UInt8>, width: Int, height: Int, layout: PixelLayout, _ precision: HashPrecision,
    kernels: Kernels = .active
) -> Feature {
    precondition(pixels.count == width * height * layout.channels)
    let hasher = PDQHasher(width: width, height: height, layout: layout, precision: precision, kernels: kernels)
    hasher.add(rows: pixels.baseAddress!, count: height, stride: width * layout.channels)
    return hasher.finish().feature
}

/// Hashes rows, or drops them.
struct RowsSink: PixelSink {
    let precision: HashPrecision?
    var hasher: PDQHasher?

    init(precision: HashPrecision?) { self.precision = precision }

    mutating func begin(_ shape: PictureShape) {
        guard let precision else { return }
        hasher = PDQHasher(
            width: shape.width, height: shape.height, layout: PixelLayout(channels: shape.channels),
            precision: precision, reduction: shape.reduction)
    }

    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        hasher?.add(rows: rows, count: count, stride: stride)
    }
}

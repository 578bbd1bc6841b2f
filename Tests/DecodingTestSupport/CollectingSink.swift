public import CommonDecoding
import Decoding
public import Foundation
public import MediaModel

/// Keeps all pixels, of four bytes a pixel the three that mean something.
public struct CollectingSink: PixelSink {
    public private(set) var pixels: [UInt8] = []
    private var shape = PictureShape(width: 1, height: 1, channels: 1)

    public init() {}

    public mutating func begin(_ shape: PictureShape) { (self.shape, pixels) = (shape, []) }

    public mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        for row in 0..<count {
            let bytes = UnsafeBufferPointer(start: rows + row * stride, count: shape.rowBytes)
            if shape.channels == 4 {
                for x in 0..<shape.width { pixels.append(contentsOf: bytes[4 * x..<4 * x + 3]) }
            } else {
                pixels.append(contentsOf: bytes)
            }
        }
    }
}

extension PictureShape {
    /// Bytes a pixel of what `CollectingSink` keeps.
    public var keptChannels: Int { min(3, channels) }
}

/// Decodes a whole file.
public func decode(
    _ data: Data, limits: ItemLimits = ItemLimits(), precision: HashPrecision = .exact
) throws -> (picture: Picture, pixels: [UInt8]) {
    var sink = CollectingSink()
    let picture = try data.withUnsafeBytes { try decodePicture($0, limits: limits, precision: precision, into: &sink) }
    return (picture, sink.pixels)
}

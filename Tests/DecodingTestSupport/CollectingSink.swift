public import Decoding
public import Foundation
public import MediaModel

/// Keeps all pixels.
public struct CollectingSink: PixelSink {
    public private(set) var pixels: [UInt8] = []
    private var rowBytes = 0

    public init() {}

    public mutating func begin(_ shape: PictureShape) { rowBytes = shape.width * shape.channels }

    public mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        for row in 0..<count {
            pixels.append(contentsOf: UnsafeBufferPointer(start: rows + row * stride, count: rowBytes))
        }
    }
}

/// Decodes a whole file.
public func decode(
    _ data: Data, limits: ItemLimits = ItemLimits()
) throws -> (picture: Picture, pixels: [UInt8]) {
    var sink = CollectingSink()
    let picture = try data.withUnsafeBytes { try decodePicture($0, limits: limits, into: &sink) }
    return (picture, sink.pixels)
}

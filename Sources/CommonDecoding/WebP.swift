import CMediaShims
import CWebP
import MediaModel

/// Decodes a WebP through libwebp, whose chroma upsampling is the one that every
/// browser and the golden values have (libav's decoder leaves it to the scaler). Of an animation, the first frame.
package func decodeWebP(
    _ bytes: UnsafeRawBufferPointer, budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    let data = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var features = WebPBitstreamFeatures()
    let status = WebPGetFeatures(data, bytes.count, &features)
    guard status == VP8_STATUS_OK else { throw webPError(status) }
    let (width, height) = (Int(features.width), Int(features.height))
    try budget.checkSize(width: width, height: height)
    let shape = PictureShape(width: width, height: height, channels: 3)
    let damage =
        features.has_animation == 0
        ? try decodeStill(data, bytes.count, shape, budget, into: &sink)
        : try decodeFirstFrame(data, bytes.count, shape, budget, into: &sink)
    // Of an animation the frame at hand may be whole, and the file not.
    let stated = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let missingEnd = stated > bytes.count - 8 ? "the file ends too early" : nil
    return Picture(
        format: .webp, shape: shape, exifOrientation: orientation(data, bytes.count), damage: damage ?? missingEnd,
        hasFurtherFrames: features.has_animation != 0 && frameCount(data, bytes.count) > 1)
}

private func decodeStill(
    _ data: UnsafePointer<UInt8>?, _ count: Int, _ shape: PictureShape, _ budget: Budget,
    into sink: inout some PixelSink
) throws(DecodeError) -> String? {
    let stride = shape.width * 3
    let pixels = try budget.allocate(stride * shape.height)
    let damage = try decode(data, count, into: pixels.bytes, pixels.count, stride: stride, height: shape.height)
    try sink.begin(shape)
    sink.add(rows: pixels.bytes, count: shape.height, stride: stride)
    return damage
}

/// The first frame where it lies on the canvas; around it the canvas is black.
private func decodeFirstFrame(
    _ data: UnsafePointer<UInt8>?, _ count: Int, _ shape: PictureShape, _ budget: Budget,
    into sink: inout some PixelSink
) throws(DecodeError) -> String? {
    var webp = WebPData(bytes: data, size: count)
    // Takes a file that is cut off, too.
    guard let demuxer = WebPDemuxInternal(&webp, 1, nil, WEBP_DEMUX_ABI_VERSION) else {
        throw .corrupt("a broken animation")
    }
    defer { WebPDemuxDelete(demuxer) }
    var frame = WebPIterator()
    guard WebPDemuxGetFrame(demuxer, 1, &frame) != 0 else { throw .corrupt("an animation without a frame") }
    defer { WebPDemuxReleaseIterator(&frame) }
    let (x, y) = (Int(frame.x_offset), Int(frame.y_offset))
    let (width, height) = (Int(frame.width), Int(frame.height))
    guard x >= 0, y >= 0, width > 0, height > 0, x + width <= shape.width, y + height <= shape.height else {
        throw .corrupt("a frame outside the picture")
    }
    let stride = shape.width * 3
    let canvas = try budget.allocate(stride * shape.height)
    canvas.bytes.update(repeating: 0, count: canvas.count)
    let start = y * stride + x * 3
    let damage = try decode(
        frame.fragment.bytes, frame.fragment.size, into: canvas.bytes + start, canvas.count - start, stride: stride,
        height: height)
    try sink.begin(shape)
    sink.add(rows: canvas.bytes, count: shape.height, stride: stride)
    return damage
}

/// Decodes into `height` rows of `stride` bytes within `capacity`; rows that a damaged file lacks become gray.
private func decode(
    _ data: UnsafePointer<UInt8>?, _ count: Int, into rows: UnsafeMutablePointer<UInt8>, _ capacity: Int, stride: Int,
    height: Int
) throws(DecodeError) -> String? {
    guard let decoder = WebPINewRGB(MODE_RGB, rows, capacity, Int32(stride)) else { throw .tooMuchMemory }
    defer { WebPIDelete(decoder) }
    let status = WebPIUpdate(decoder, data, count)
    var (decodedRows, width): (Int32, Int32) = (0, 0)
    _ = WebPIDecGetRGB(decoder, &decodedRows, &width, nil, nil)
    guard status != VP8_STATUS_OK else { return nil }
    guard decodedRows > 0, status != VP8_STATUS_OUT_OF_MEMORY else { throw webPError(status) }
    for row in Int(decodedRows)..<height { (rows + row * stride).update(repeating: 128, count: Int(width) * 3) }
    return (status == VP8_STATUS_SUSPENDED ? "the file ends too early" : "damaged data")
        + " (row \(decodedRows) of \(height))"
}

private func webPError(_ status: VP8StatusCode) -> DecodeError {
    switch status {
    case VP8_STATUS_OUT_OF_MEMORY: .tooMuchMemory
    case VP8_STATUS_UNSUPPORTED_FEATURE: .unsupported("a WebP feature that libwebp does not decode")
    case VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_SUSPENDED: .corrupt("the file ends too early")
    default: .corrupt("broken WebP data")
    }
}

private func frameCount(_ data: UnsafePointer<UInt8>?, _ count: Int) -> UInt32 {
    var webp = WebPData(bytes: data, size: count)
    // A file that is cut off states none: then there is certainly more.
    guard let demuxer = WebPDemuxInternal(&webp, 1, nil, WEBP_DEMUX_ABI_VERSION) else { return 2 }
    defer { WebPDemuxDelete(demuxer) }
    return WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT)
}

private func orientation(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int? {
    var webp = WebPData(bytes: data, size: count)
    guard let demuxer = WebPDemuxInternal(&webp, 1, nil, WEBP_DEMUX_ABI_VERSION) else { return nil }
    defer { WebPDemuxDelete(demuxer) }
    var chunk = WebPChunkIterator()
    guard WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) != 0 else { return nil }
    defer { WebPDemuxReleaseChunkIterator(&chunk) }
    let value = cm_exif_orientation(chunk.chunk.bytes, chunk.chunk.size)
    return value == 0 ? nil : Int(value)
}

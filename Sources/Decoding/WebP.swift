import CMediaShims
import CWebP
import MediaModel

/// Decodes a WebP through libwebp, whose chroma upsampling is the one that every
/// browser and the golden values have (libav's decoder leaves it to the scaler). Of an animation, the first frame.
func decodeWebP(
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
    return Picture(
        format: .webp, shape: shape, exifOrientation: orientation(data, bytes.count), damage: damage,
        hasFurtherFrames: features.has_animation != 0 && frameCount(data, bytes.count) > 1)
}

private func decodeStill(
    _ data: UnsafePointer<UInt8>?, _ count: Int, _ shape: PictureShape, _ budget: Budget,
    into sink: inout some PixelSink
) throws(DecodeError) -> String? {
    let stride = shape.width * 3
    let pixels = try budget.allocate(stride * shape.height)
    guard let decoder = WebPINewRGB(MODE_RGB, pixels.bytes, pixels.count, Int32(stride)) else {
        throw .tooMuchMemory
    }
    defer { WebPIDelete(decoder) }
    let status = WebPIUpdate(decoder, data, count)
    var decodedRows: Int32 = 0
    _ = WebPIDecGetRGB(decoder, &decodedRows, nil, nil, nil)
    var damage: String?
    if status != VP8_STATUS_OK {
        guard decodedRows > 0, status != VP8_STATUS_OUT_OF_MEMORY else { throw webPError(status) }
        damage =
            (status == VP8_STATUS_SUSPENDED ? "the file ends too early" : "damaged data")
            + " (row \(decodedRows) of \(shape.height))"
        pixels.fillGray(from: Int(decodedRows) * stride)
    }
    sink.begin(shape)
    sink.add(rows: pixels.bytes, count: shape.height, stride: stride)
    return damage
}

private func decodeFirstFrame(
    _ data: UnsafePointer<UInt8>?, _ count: Int, _ shape: PictureShape, _ budget: Budget,
    into sink: inout some PixelSink
) throws(DecodeError) -> String? {
    // The decoder holds two canvases of four bytes a pixel, we one row.
    guard shape.width * shape.height <= budget.limits.memory / 12 else { throw .tooMuchMemory }
    var webp = WebPData(bytes: data, size: count)
    var options = WebPAnimDecoderOptions()
    WebPAnimDecoderOptionsInitInternal(&options, WEBP_DEMUX_ABI_VERSION)
    guard let decoder = WebPAnimDecoderNewInternal(&webp, &options, WEBP_DEMUX_ABI_VERSION) else {
        throw .corrupt("a broken animation")
    }
    defer { WebPAnimDecoderDelete(decoder) }
    var canvas: UnsafeMutablePointer<UInt8>?
    var time: Int32 = 0
    guard WebPAnimDecoderGetNext(decoder, &canvas, &time) != 0, let canvas else {
        throw .corrupt("the first frame of the animation is broken")
    }
    sink.begin(shape)
    let row = try budget.allocate(shape.width * 3)
    for y in 0..<shape.height {
        let source = canvas + y * shape.width * 4
        for x in 0..<shape.width {
            for c in 0..<3 { row.bytes[3 * x + c] = source[4 * x + c] }
        }
        sink.add(rows: row.bytes, count: 1, stride: row.count)
    }
    return nil
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

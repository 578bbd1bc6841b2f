import CHEIF
import CommonDecoding
import MediaModel

/// Makes libheif load its codecs; to be called while files can still be opened.
public func prepareHEIF() { heif_init(nil) }

/// Decodes the primary picture of a HEIC or AVIF file through libheif, with the crop and
/// turn that the file states (they are part of what every viewer shows).
func decodeHEIF(
    _ bytes: UnsafeRawBufferPointer, as format: MediaFormat, budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    guard let context = heif_context_alloc() else { throw .tooMuchMemory }
    defer { heif_context_free(context) }
    heif_context_set_max_decoding_threads(context, 0)
    // A bound on each side here, on their product below.
    heif_context_set_maximum_image_size_limit(context, 65535)
    try check(heif_context_read_from_memory_without_copy(context, bytes.baseAddress, bytes.count, nil))
    var handle: OpaquePointer?
    try check(heif_context_get_primary_image_handle(context, &handle))
    defer { heif_image_handle_release(handle) }
    try budget.checkSize(
        width: Int(heif_image_handle_get_width(handle)), height: Int(heif_image_handle_get_height(handle)))

    let image = try decode(handle)
    defer { heif_image_release(image) }
    let (width, height) = (
        Int(heif_image_get_width(image, heif_channel_interleaved)),
        Int(heif_image_get_height(image, heif_channel_interleaved))
    )
    try budget.checkSize(width: width, height: height)
    var stride: Int32 = 0
    guard let pixels = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride) else {
        throw .corrupt("no pixels")
    }
    let shape = PictureShape(width: width, height: height, channels: 3)
    try sink.begin(shape)
    sink.add(rows: pixels, count: height, stride: Int(stride))
    return Picture(
        format: format, shape: shape, exifOrientation: nil, damage: nil,
        hasFurtherFrames: heif_context_get_number_of_top_level_images(context) > 1 || isPictureSequence(bytes))
}

private func decode(_ handle: OpaquePointer?) throws(DecodeError) -> OpaquePointer? {
    var image: OpaquePointer?
    do throws(DecodeError) {
        try check(heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB, nil))
    } catch .unsupported {
        // libheif turns and mirrors some pixel formats only; matching doesn't need it.
        let options = heif_decoding_options_alloc()
        defer { heif_decoding_options_free(options) }
        options?.pointee.ignore_transformations = 1
        try check(heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB, options))
    }
    return image
}

private func check(_ error: heif_error) throws(DecodeError) {
    guard error.code != heif_error_Ok else { return }
    let text = error.message.map { String(cString: $0) } ?? "an error of libheif"
    switch error.code {
    case heif_error_Unsupported_filetype, heif_error_Unsupported_feature: throw .unsupported(text)
    case heif_error_Memory_allocation_error: throw .tooMuchMemory
    default: throw .corrupt("broken HEIC or AVIF file (\(text))")
    }
}

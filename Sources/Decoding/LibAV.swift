import CFFmpeg
import CLibAVShims
import CMediaShims
import CommonDecoding
import Glibc
import MediaModel

/// Decodes a still picture by handing libav's decoder the whole file as one packet: no
/// demuxer, so nothing in the file can name another file or an address.
func decodeWithLibAV(
    _ bytes: UnsafeRawBufferPointer, as format: MediaFormat, budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    // The decoder gets a copy of its own.
    guard bytes.count <= budget.limits.memory / 2 else { throw .tooMuchMemory }
    if let size = statedSize(bytes, format) { try budget.checkSize(width: size.width, height: size.height) }
    if format == .tiff { try TIFFDirectory(bytes)?.checkSupported() }
    var source = try format == .ico ? iconBitmap(bytes) : Array(bytes)
    let gif = format == .gif ? GIFBlocks(bytes) : nil
    // libav paints transparent pixels white; the colour stored there counts.
    if let flags = gif?.firstTransparencyFlags { source[flags] &= ~1 }
    if format == .ico, source.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
        return try decodeEmbeddedPNG(source, budget: budget, into: &sink)
    }
    if format == .ico, let size = source.withUnsafeBytes({ statedSize($0, .bmp) }) {
        try budget.checkSize(width: size.width, height: size.height)
    }
    if format == .jpegxl, bytes.first == 0 {
        // libav asks libjxl for ever when a file ends within the header of a box.
        source.removeLast(source.count - countOfBoxes(in: bytes))
        guard !source.isEmpty else { throw .corrupt("the file ends too early") }
    }
    let (decoder, frame, damage) = try decodeFirstFrame(of: source, as: format, budget: budget)
    defer { withExtendedLifetime(decoder) {} }
    let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    try budget.checkSize(width: width, height: height)
    let shape = try convert(frame, budget: budget, into: &sink)
    let orientation =
        format == .tiff ? bytes.withMemoryRebound(to: UInt8.self) { cm_exif_orientation($0.baseAddress, $0.count) } : 0
    let isDamaged = frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
    return Picture(
        format: format, shape: shape, exifOrientation: orientation == 0 ? nil : Int(orientation),
        damage: isDamaged ? "damaged data" : damage ?? missingEnd(bytes, format, gif),
        hasFurtherFrames: gif?.hasFurtherFrames ?? TIFFDirectory(bytes)?.hasFurtherPages ?? false)
}

/// Tries the format's decoders one after the other: their tastes differ. The frame lives as long as its decoder.
private func decodeFirstFrame(
    of source: [UInt8], as format: MediaFormat, budget: Budget
) throws(DecodeError) -> (StillDecoder, UnsafeMutablePointer<AVFrame>, damage: String?) {
    var failure = DecodeError.unsupported("this system's libavcodec has no decoder for \(format.rawValue)")
    // Most of libav's decoders say nothing of damage unless they are told to stop at it. TIFF's then stops
    // at every tag that it does not know, too: damage inside its strips goes unnoticed.
    for isStrict in format == .tiff ? [false] : [true, false] {
        for codec in StillDecoder.codecs(for: format) {
            do throws(DecodeError) {
                let decoder = try StillDecoder(codec, budget: budget, isStrict: isStrict)
                return (decoder, try decoder.decode(source), isStrict || format == .tiff ? nil : "damaged data")
            } catch {
                failure = error
            }
        }
    }
    throw failure
}

private func decodeEmbeddedPNG(
    _ source: [UInt8], budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    // A closure can't throw a typed error through withUnsafeBytes and change `sink`, so a copy with its own life.
    let copy = try budget.allocate(source.count)
    source.withUnsafeBufferPointer { copy.bytes.update(from: $0.baseAddress!, count: $0.count) }
    let picture = try decodePNG(
        UnsafeRawBufferPointer(start: copy.bytes, count: copy.count), budget: budget, into: &sink)
    return Picture(format: .ico, shape: picture.shape, exifOrientation: nil, damage: picture.damage)
}

/// A codec context, its packet and its frame.
private final class StillDecoder {
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var frame: UnsafeMutablePointer<AVFrame>?

    init(_ codec: UnsafePointer<AVCodec>, budget: Budget, isStrict: Bool) throws(DecodeError) {
        av_log_set_level(AV_LOG_QUIET)
        context = avcodec_alloc_context3(codec)
        packet = av_packet_alloc()
        frame = av_frame_alloc()
        guard let context, packet != nil, frame != nil else { throw .tooMuchMemory }
        context.pointee.thread_count = 1
        context.pointee.max_pixels = Int64(budget.limits.pixels)
        context.pointee.flags |= AV_CODEC_FLAG_BITEXACT
        if isStrict {
            context.pointee.err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER
        }
        guard avcodec_open2(context, codec, nil) == 0 else {
            throw .unsupported("libavcodec can't open its decoder \(String(cString: codec.pointee.name))")
        }
    }

    deinit {
        avcodec_free_context(&context)
        av_packet_free(&packet)
        av_frame_free(&frame)
    }

    static func codecs(for format: MediaFormat) -> [UnsafePointer<AVCodec>] {
        let id: AVCodecID? =
            switch format {
            case .jpeg: AV_CODEC_ID_MJPEG
            case .gif: AV_CODEC_ID_GIF
            case .bmp, .ico: AV_CODEC_ID_BMP
            case .tiff: AV_CODEC_ID_TIFF
            case .psd: AV_CODEC_ID_PSD
            case .qoi: AV_CODEC_ID_QOI
            case .jpeg2000: AV_CODEC_ID_JPEG2000
            case .jpegxl: AV_CODEC_ID_JPEGXL
            case .dds: AV_CODEC_ID_DDS
            case .pnm: AV_CODEC_ID_PPM
            case .pcx: AV_CODEC_ID_PCX
            case .sgi: AV_CODEC_ID_SGI
            case .sun: AV_CODEC_ID_SUNRAST
            case .exr: AV_CODEC_ID_EXR
            case .dpx: AV_CODEC_ID_DPX
            case .tga: AV_CODEC_ID_TARGA
            case .png, .webp, .heif, .avif, .video, .unknown: nil
            }
        let preferred = format == .jpeg2000 ? avcodec_find_decoder_by_name("libopenjpeg") : nil
        return [preferred, id.flatMap { avcodec_find_decoder($0) }].compactMap { $0 }
    }

    /// The first frame; owned by the decoder.
    func decode(_ source: [UInt8]) throws(DecodeError) -> UnsafeMutablePointer<AVFrame> {
        // libav reads a little past the end: av_new_packet adds the padding that it wants.
        guard source.count < Int(Int32.max) - 64, av_new_packet(packet, Int32(source.count)) == 0 else {
            throw .tooMuchMemory
        }
        source.withUnsafeBytes {
            packet!.pointee.data.update(from: $0.baseAddress!.assumingMemoryBound(to: UInt8.self), count: $0.count)
        }
        try check(avcodec_send_packet(context, packet))
        var status = avcodec_receive_frame(context, frame)
        if status == cm_av_error_again() {
            try check(avcodec_send_packet(context, nil))
            status = avcodec_receive_frame(context, frame)
        }
        try check(status)
        return frame!
    }

    private func check(_ status: Int32) throws(DecodeError) {
        guard status < 0 else { return }
        if status == cm_av_error_no_memory() { throw .tooMuchMemory }
        if status == cm_av_error_end() { throw .corrupt("no picture in the file") }
        var text = [CChar](repeating: 0, count: 128)
        av_strerror(status, &text, text.count)
        throw .corrupt("broken data (\(text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }))")
    }
}

/// A frame of any pixel format -> rows of gray or RGB.
private func convert(
    _ frame: UnsafeMutablePointer<AVFrame>, budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> PictureShape {
    let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    let source = AVPixelFormat(rawValue: frame.pointee.format)
    guard let description = av_pix_fmt_desc_get(source) else { throw .unsupported("an unknown pixel format") }
    // Gray with or without alpha; a palette has one component too, but means colours.
    let isGray =
        description.pointee.nb_components <= 2 && description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_PAL) == 0
    let shape = PictureShape(width: width, height: height, channels: isGray ? 1 : 3)
    // The scaler writes whole registers: rows are aligned, and the last one has room behind it.
    let stride = (width * shape.channels + 63) / 64 * 64
    let pixels = try budget.allocate(stride * height + 64)

    let target = isGray ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24
    // Bit-exact flags: the same pixels on every CPU.
    let flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT
    if let wide = WideSamples(frame) {
        wide.narrow(into: pixels.bytes, stride: stride, channels: shape.channels)
        try sink.begin(shape)
        sink.add(rows: pixels.bytes, count: height, stride: stride)
        return shape
    }
    guard
        let scaler = sws_getContext(
            Int32(width), Int32(height), source, Int32(width), Int32(height), target, flags, nil, nil, nil)
    else { throw .unsupported("pixel format \(String(cString: description.pointee.name))") }
    defer { sws_freeContext(scaler) }
    if let coefficients = sws_getCoefficients(Int32(frame.pointee.colorspace.rawValue)) {
        let isFullRange: Int32 = frame.pointee.color_range == AVCOL_RANGE_JPEG ? 1 : 0
        sws_setColorspaceDetails(scaler, coefficients, isFullRange, coefficients, 1, 0, 1 << 16, 1 << 16)
    }
    let planes = withUnsafeBytes(of: frame.pointee.data) {
        $0.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self).map { UnsafePointer<UInt8>($0) }
    }
    let strides = withUnsafeBytes(of: frame.pointee.linesize) { Array($0.assumingMemoryBound(to: Int32.self)) }
    var out: [UnsafeMutablePointer<UInt8>?] = [pixels.bytes, nil, nil, nil]
    var outStride: [Int32] = [Int32(stride), 0, 0, 0]
    guard sws_scale(scaler, planes, strides, 0, Int32(height), &out, &outStride) == Int32(height) else {
        throw .corrupt("the pixels can't be converted")
    }
    try sink.begin(shape)
    sink.add(rows: pixels.bytes, count: height, stride: stride)
    return shape
}

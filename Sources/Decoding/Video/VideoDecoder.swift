import CFFmpeg
import CLibAVShims
import CommonDecoding
import MediaModel

/// A codec context and the frame that it fills: one thread, no deinterlacing, no concealment beyond its own.
final class VideoDecoder {
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    let name: String

    enum Received {
        /// Owned by the decoder, until the next call.
        case frame(UnsafeMutablePointer<AVFrame>)
        case needsMore
        case end
        case damage(Int32)
    }

    init(_ stream: UnsafeMutablePointer<AVStream>, budget: Budget) throws(DecodeError) {
        let parameters = stream.pointee.codecpar!
        let id = parameters.pointee.codec_id
        guard let codec = avcodec_find_decoder(id) else {
            throw .unsupported("this system's libavcodec has no decoder for \(String(cString: avcodec_get_name(id)))")
        }
        name = String(cString: avcodec_get_name(id))
        context = avcodec_alloc_context3(codec)
        frame = av_frame_alloc()
        guard let context, frame != nil, avcodec_parameters_to_context(context, parameters) >= 0 else {
            throw .tooMuchMemory
        }
        context.pointee.thread_count = 1
        context.pointee.max_pixels = Int64(budget.limits.pixels)
        context.pointee.pkt_timebase = stream.pointee.time_base
        let status = avcodec_open2(context, codec, nil)
        if status == cm_av_error_no_memory() { throw .tooMuchMemory }
        let (width, height) = (Int(parameters.pointee.width), Int(parameters.pointee.height))
        if width > 0, height > 0 { try budget.checkSize(width: width, height: height) }
        guard status == 0 else { throw .corrupt("the decoder for \(name) refuses the video (\(libAVText(status)))") }
    }

    deinit {
        avcodec_free_context(&context)
        av_frame_free(&frame)
    }

    /// Of the packets that follow.
    var skipsLoopFilter = false {
        didSet {
            guard skipsLoopFilter != oldValue else { return }
            context?.pointee.skip_loop_filter = skipsLoopFilter ? AVDISCARD_ALL : AVDISCARD_DEFAULT
        }
    }

    /// nil: no more packets come. - Returns: 0, or libav's error; "again" when frames have to be received first.
    func send(_ packet: UnsafeMutablePointer<AVPacket>?) -> Int32 { avcodec_send_packet(context, packet) }

    /// Forgets all packets so far; after the last one was sent, another may come.
    func flush() { avcodec_flush_buffers(context) }

    func receive() throws(DecodeError) -> Received {
        let status = avcodec_receive_frame(context, frame)
        if status == 0 { return .frame(frame!) }
        if status == cm_av_error_again() { return .needsMore }
        if status == cm_av_error_end() { return .end }
        if status == cm_av_error_no_memory() { throw .tooMuchMemory }
        return .damage(status)
    }
}

import CFFmpeg
import CLibAVShims
import CommonDecoding
import Glibc
import MediaModel

/// An open container and the one stream of it that is decoded.
final class VideoContainer {
    let input: DescriptorInput
    private var context: UnsafeMutablePointer<AVFormatContext>?
    /// Owned by the context.
    let stream: UnsafeMutablePointer<AVStream>
    let hasFurtherStreams: Bool
    /// Errors of reading that were passed over.
    private(set) var readErrors = 0

    /// libavformat's demuxers of one file with moving pictures. Those that would open other files or addresses
    /// (playlists, numbered pictures, concatenation, devices) are not among them.
    private static let demuxers = [
        "mov", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "live_flv", "kux", "asf", "asf_o",
        "ogg", "gif", "apng", "h264", "hevc", "m4v", "h261", "h263", "vc1", "vc1test", "av1", "obu", "ivf", "avs",
        "avs2", "avs3", "cavsvideo", "dirac", "dnxhd", "mjpeg", "smjpeg", "mpjpeg", "rm", "ivr", "nut", "nuv",
        "nsv", "mxf", "gxf", "lxf", "wtv", "dv", "swf", "flic", "smk", "bink", "roq", "vivo", "pva", "ty",
        "yuv4mpegpipe", "iv8", "lmlm4", "dhav", "kvag", "mlv", "ser", "r3d", "vividas", "pmp", "ipu", "cine", "ifv",
        "4xm", "anm", "argo_brp", "bethsoftvid", "bfi", "bmv", "c93", "cdxl", "dfa", "dsicin", "dxa", "ea",
        "film_cpk", "gdv", "hnm", "idcin", "iff", "ipmovie", "jv", "luodat", "lvf", "mgsts", "mm", "mods", "moflex",
        "msnwctcp", "mtv", "mv", "mvi", "mxg", "nc", "paf", "pp_bnk", "psxstr", "rl2", "rpl", "sga", "siff",
        "simbiosis_imx", "smush", "thp", "tiertexseq", "tmv", "vmd", "wc3movie", "wsvqa", "xmv", "yop",
    ].joined(separator: ",")

    /// Demuxers that report the end of a whole file as an error.
    private static let endingInErrors: Set = ["mpjpeg", "roq", "smjpeg"]

    private static let streams: Int32 = 256
    /// Reading a file whose index says more than it holds fails for each packet.
    private static let readErrorsInSuccession = 64

    /// - Parameter takesCovers: whether a cover picture is a video, as it is for vPDQ.
    init(_ input: DescriptorInput, budget: Budget, takesCovers: Bool) throws(DecodeError) {
        av_log_set_level(AV_LOG_QUIET)
        self.input = input
        guard let fresh = avformat_alloc_context() else { throw .tooMuchMemory }
        fresh.pointee.pb = input.context
        fresh.pointee.interrupt_callback = input.interrupt
        fresh.pointee.format_whitelist = av_strdup(Self.demuxers)
        fresh.pointee.protocol_whitelist = av_strdup("none")
        fresh.pointee.max_streams = Self.streams
        fresh.pointee.io_open = { _, _, _, _, _ in -EPERM }
        context = fresh
        // On failure it frees the context.
        let status = avformat_open_input(&context, nil, nil, nil)
        try budget.checkTime()
        guard status == 0, let opened = context else { throw Self.openError(status, input) }

        var options = [OpaquePointer?](repeating: nil, count: max(1, Int(opened.pointee.nb_streams)))
        for i in options.indices {
            av_dict_set(&options[i], "max_pixels", String(budget.limits.pixels), 0)
            av_dict_set(&options[i], "threads", "1", 0)
        }
        let info = avformat_find_stream_info(opened, &options)
        for i in options.indices { av_dict_free(&options[i]) }
        guard info >= 0 else {
            avformat_close_input(&context)
            try budget.checkTime()
            throw .corrupt("what is in the file can't be found out (\(libAVText(info)))")
        }

        let all = (0..<Int(opened.pointee.nb_streams)).map { opened.pointee.streams[$0]! }
        let videos = all.filter { $0.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO }
        let moving = videos.filter { $0.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 }
        guard let chosen = takesCovers ? videos.first : moving.first else {
            avformat_close_input(&context)
            throw .unsupported(videos.isEmpty ? "no moving pictures in the file" : "no more than a cover picture")
        }
        stream = chosen
        hasFurtherStreams = moving.count > 1
        for other in all where other != chosen { other.pointee.discard = AVDISCARD_ALL }
    }

    deinit { avformat_close_input(&context) }

    var name: String { String(cString: context!.pointee.iformat.pointee.name) }
    var index: Int32 { stream.pointee.index }
    var timeBase: AVRational { stream.pointee.time_base }
    /// Ticks; nil where it is not stated.
    var start: Int64? { stream.pointee.start_time == noTimestamp ? nil : stream.pointee.start_time }

    /// A sequence of AVIF or HEIF, not a film.
    var isPictureSequence: Bool {
        input.bytes(at: 0, count: 256).withUnsafeBytes {
            [.heif, .avif].contains(sniff($0)) && CommonDecoding.isPictureSequence($0)
        }
    }

    /// As vPDQ has it: the mean that is stated, or the finest that fits all times.
    var framesPerSecond: Double {
        let mean = stream.pointee.avg_frame_rate
        let rate = mean.num == 0 && mean.den == 0 ? stream.pointee.r_frame_rate : mean
        return Double(rate.num) / Double(rate.den)
    }

    /// Of a frame where no time is stated, at least 1.
    var frameMilliseconds: Int64 {
        let rate = framesPerSecond
        return rate.isFinite && rate > 0 ? Int64(min(max(1, 1000 / rate), 10_000)) : 40
    }

    /// Degrees clockwise: 0, 90, 180, 270.
    var rotation: Int {
        guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, nil) else { return 0 }
        let angle = data.withMemoryRebound(to: Int32.self, capacity: 9) { av_display_rotation_get($0) }
        guard angle.isFinite else { return 0 }
        return (Int((-angle / 90).rounded()) * 90 % 360 + 360) % 360
    }

    /// Reads the stream's next packet; false at the end.
    func read(into packet: UnsafeMutablePointer<AVPacket>, budget: Budget) throws(DecodeError) -> Bool {
        var errors = 0
        while true {
            try budget.checkTime()
            let status = av_read_frame(context, packet)
            if status >= 0 {
                if packet.pointee.stream_index == index { return true }
                av_packet_unref(packet)
                continue
            }
            try budget.checkTime()
            if status == cm_av_error_end() { return false }
            if status == cm_av_error_no_memory() { throw .tooMuchMemory }
            if Self.endingInErrors.contains(name), avio_feof(input.context) != 0 { return false }
            readErrors += 1
            errors += 1
            guard errors < Self.readErrorsInSuccession else { return false }
        }
    }

    private static func openError(_ status: Int32, _ input: DescriptorInput) -> DecodeError {
        if status == cm_av_error_no_memory() { return .tooMuchMemory }
        let extent = ContainerExtent(input)
        if extent.lacksIndex {
            return .corrupt("the index (moov) is missing" + (extent.isCutOff ? ": the end of the file is cut off" : ""))
        }
        if status == -EINVAL { return .unsupported("a container that is not examined") }
        return .corrupt("no container of moving pictures (\(libAVText(status)))")
    }
}

/// AV_NOPTS_VALUE.
let noTimestamp = Int64.min

func libAVText(_ status: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    av_strerror(status, &text, text.count)
    return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
}

import CommonDecoding
import MediaModel
import WorkerService

// The process that parses the hostile bytes of most pictures. It links little, so that it starts in no time.

/// JPEG, PNG and WebP, each by its own library.
struct CommonPictures: MediaDecoder {
    func decodes(_ format: MediaFormat) -> Bool { commonFormats.contains(format) || format == .unknown }

    func picture(
        _ bytes: UnsafeRawBufferPointer, limits: ItemLimits, precision: HashPrecision, into sink: inout some PixelSink
    ) throws(DecodeError) -> Picture? {
        try decodeCommonPicture(bytes, limits: limits, precision: precision, into: &sink)
    }

    func video(
        _ descriptor: Int32, limits: ItemLimits, selection: FrameSelection, precision: HashPrecision,
        into sink: inout some FrameSink
    ) throws(DecodeError) -> Video {
        throw .unsupported("videos are for ansim-worker-av")
    }

    func prepare() {}
}

serve(CommonPictures())

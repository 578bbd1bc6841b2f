import CSandbox
import CommonDecoding
import Decoding
import MediaModel
import WorkerService

// The process that parses what `ansim-worker` refers to it: videos, and pictures that need libav or libheif, which
// load more than a hundred libraries.

/// Everything that can be decoded.
struct AllMedia: MediaDecoder {
    func decodes(_ format: MediaFormat) -> Bool { true }

    func picture(
        _ bytes: UnsafeRawBufferPointer, limits: ItemLimits, precision: HashPrecision, into sink: inout some PixelSink
    ) throws(DecodeError) -> Picture? {
        try decodePicture(bytes, limits: limits, precision: precision, into: &sink)
    }

    func video(
        _ descriptor: Int32, limits: ItemLimits, selection: FrameSelection, precision: HashPrecision,
        into sink: inout some FrameSink
    ) throws(DecodeError) -> Video {
        try decodeVideo(
            descriptor: descriptor, limits: limits, selection: selection, precision: precision, into: &sink)
    }

    func prepare() {
        prepareHEIF()
        cs_drop_loaded_pages()
    }
}

serve(AllMedia())

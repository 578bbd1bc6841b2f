public import CommonDecoding
public import MediaModel

/// What a worker's libraries can decode.
public protocol MediaDecoder: Sendable {
    /// Whether items that start like this are for this worker. Of others it says so, before it reads them.
    func decodes(_ format: MediaFormat) -> Bool

    /// As `decodePicture`. Nil for a variant that is for another worker.
    func picture(
        _ bytes: UnsafeRawBufferPointer, limits: ItemLimits, precision: HashPrecision, into sink: inout some PixelSink
    ) throws(DecodeError) -> Picture?

    /// As `decodeVideo`. Only for a worker that decodes them.
    func video(
        _ descriptor: Int32, limits: ItemLimits, selection: FrameSelection, precision: HashPrecision,
        into sink: inout some FrameSink
    ) throws(DecodeError) -> Video

    /// Opens now what the libraries would open when they need it: later they can't.
    func prepare()
}

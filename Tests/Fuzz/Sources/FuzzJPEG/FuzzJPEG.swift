import FuzzDecodingSupport
import MediaModel

/// libjpeg, and libav for the variants that it lacks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzDecoding(of: [.jpeg], data, count)
}

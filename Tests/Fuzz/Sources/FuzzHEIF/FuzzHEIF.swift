import FuzzDecodingSupport
import MediaModel

/// libheif and its codecs.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzDecoding(of: [.heif, .avif], data, count)
}

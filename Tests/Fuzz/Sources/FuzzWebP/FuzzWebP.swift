import FuzzDecodingSupport
import MediaModel

/// libwebp.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzDecoding(of: [.webp], data, count)
}

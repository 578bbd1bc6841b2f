import FuzzDecodingSupport
import MediaModel

/// libpng.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzDecoding(of: [.png], data, count)
}

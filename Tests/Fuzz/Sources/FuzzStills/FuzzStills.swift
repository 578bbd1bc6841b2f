import FuzzDecodingSupport
import MediaModel

/// All formats that libav decodes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzDecoding(of: stills, data, count)
}

private let stills = Set(MediaFormat.allCases).subtracting([.jpeg, .png, .webp, .heif, .avif, .video, .unknown])

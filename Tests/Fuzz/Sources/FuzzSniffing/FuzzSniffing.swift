import CommonDecoding
import Decoding

/// Recognising a format looks at nothing outside of the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // A copy of just this size: AddressSanitizer sees every byte beyond it.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { copy.deallocate() }
    if count > 0 { copy.copyMemory(from: UnsafeRawBufferPointer(start: data, count: count)) }
    // A use of the result, or the compiler leaves the call out.
    precondition(!sniff(UnsafeRawBufferPointer(copy)).rawValue.isEmpty)
    return 0
}

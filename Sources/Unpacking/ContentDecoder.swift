import CBrotli
import CZlib
import Glibc

/// HTTP's content codings gzip, deflate and br, undone as the bytes come.
final class ContentDecoder {
    private var inflater = z_stream()
    private var brotli: OpaquePointer?
    private let isBrotli: Bool
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
    /// What is wrong; nothing comes after that.
    private(set) var flaw: String?
    private(set) var isComplete = false

    /// Nil for a coding that is not known.
    ///
    /// - Parameter start: the coded bytes' first ones. Crawlers keep the header and store what it says was undone.
    static func of(_ coding: String, start: UnsafeRawBufferPointer) -> ContentDecoder?? {
        switch coding.lowercased() {
        case "", "identity", "none": return .some(nil)
        case "gzip", "x-gzip":
            guard start.count >= 2, start[0] == 0x1F, start[1] == 0x8B else { return .some(nil) }
            return ContentDecoder(windowBits: 15 + 16)
        case "deflate":
            // With zlib's header, as the standard has it, or without, as some servers do.
            let hasHeader = start.count >= 2 && start[0] & 0x0F == 8 && (Int(start[0]) << 8 | Int(start[1])) % 31 == 0
            return ContentDecoder(windowBits: hasHeader ? 15 : -15)
        case "br": return ContentDecoder(windowBits: nil)
        default: return nil
        }
    }

    private init(windowBits: Int32?) {
        isBrotli = windowBits == nil
        if let windowBits {
            let status = inflateInit2_(&inflater, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            if status != Z_OK { flaw = "no memory for its content coding" }
        } else {
            brotli = BrotliDecoderCreateInstance(nil, nil, nil)
            if brotli == nil { flaw = "no memory for its content coding" }
        }
    }

    deinit {
        if isBrotli { BrotliDecoderDestroyInstance(brotli) } else { inflateEnd(&inflater) }
        output.deallocate()
    }

    /// Calls `body` with what comes out of `bytes`.
    func take<E: Error>(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        var input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var left = bytes.count
        while flaw == nil, !isComplete {
            var room = output.count
            var hasMore: Bool
            if isBrotli {
                var to: UnsafeMutablePointer<UInt8>? = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
                let status = BrotliDecoderDecompressStream(brotli, &left, &input, &room, &to, nil)
                hasMore = status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT
                if status == BROTLI_DECODER_RESULT_SUCCESS { isComplete = true }
                if status == BROTLI_DECODER_RESULT_ERROR { flaw = "its content coding is broken" }
            } else {
                inflater.next_in = input.map { UnsafeMutablePointer(mutating: $0) }
                inflater.avail_in = UInt32(left)
                inflater.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
                inflater.avail_out = UInt32(room)
                let status = inflate(&inflater, Z_NO_FLUSH)
                (left, room) = (Int(inflater.avail_in), Int(inflater.avail_out))
                input = inflater.next_in.map { UnsafePointer($0) }
                hasMore = room == 0 || left > 0
                if status == Z_STREAM_END { isComplete = true }
                if status != Z_OK, status != Z_STREAM_END, status != Z_BUF_ERROR {
                    flaw = "its content coding is broken"
                }
            }
            if room < output.count {
                try body(UnsafeRawBufferPointer(rebasing: output[..<(output.count - room)]))
            }
            if !hasMore { return }
        }
    }
}

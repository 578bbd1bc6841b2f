import CInflate
import CZlib

/// One gzip stream after the other, through ISA-L where it is there, else through zlib.
struct GzipInflater: ~Copyable {
    enum Status {
        /// All input was taken, or all room for output used.
        case more
        /// The stream ended, and its checksum fits.
        case end
        case broken
    }

    private let fast: OpaquePointer?
    /// zlib keeps its address.
    private let slow: UnsafeMutablePointer<z_stream>?

    /// Nil without memory.
    init?() {
        fast = ci_open_gzip()
        if fast != nil {
            slow = nil
            return
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            return nil
        }
        slow = stream
    }

    deinit {
        if let fast { ci_close(fast) }
        if let slow {
            inflateEnd(slow)
            slow.deallocate()
        }
    }

    /// Begins another stream.
    func restart() {
        if let fast { ci_restart(fast) }
        if let slow { inflateReset(slow) }
    }

    /// - Parameters:
    ///   - input: what was taken is gone from it.
    ///   - count: bytes that were made.
    func run(
        _ input: inout UnsafeBufferPointer<UInt8>, into out: UnsafeMutableRawBufferPointer, count: inout Int
    ) -> Status {
        let room = UInt32(min(out.count, 1 << 30))
        let bytes = out.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var (taken, made) = (UInt32(input.count), room)
        defer {
            input = UnsafeBufferPointer(rebasing: input[Int(taken)...])
            count = Int(made)
        }
        if let fast {
            switch ci_run(fast, input.baseAddress!, &taken, bytes, &made) {
            case .CI_MORE: return .more
            case .CI_END: return .end
            case .CI_BROKEN: return .broken
            }
        }
        let stream = slow!
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress!)
        (stream.pointee.avail_in, stream.pointee.next_out, stream.pointee.avail_out) = (taken, bytes, room)
        let status = inflate(stream, Z_NO_FLUSH)
        (taken, made) = (taken - stream.pointee.avail_in, room - stream.pointee.avail_out)
        switch status {
        case Z_STREAM_END: return .end
        case Z_OK: return .more
        case Z_BUF_ERROR where stream.pointee.avail_in == 0: return .more
        default: return .broken
        }
    }
}

import CFFmpeg
import CLibAVShims
import CMediaShims
import CommonDecoding
import Glibc

/// Hands libavformat the bytes of an open file, and nothing else: no names, no other file.
final class DescriptorInput {
    let size: Int64
    private let descriptor: Int32
    private let deadline: UInt64
    private var position: Int64 = 0
    private(set) var context: UnsafeMutablePointer<AVIOContext>?

    private static let bufferBytes = 1 << 16

    /// The descriptor stays the caller's and must stay open as long as this object lives.
    init(_ descriptor: Int32, budget: Budget) throws(DecodeError) {
        (self.descriptor, deadline) = (descriptor, budget.deadline)
        size = Int64(lseek(descriptor, 0, SEEK_END))
        guard size >= 0 else { throw .corrupt("the file can't be read") }
        guard size > 0 else { throw .notAPicture("no bytes") }
        guard let buffer = av_malloc(Self.bufferBytes) else { throw .tooMuchMemory }
        context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(Self.bufferBytes), 0,
            Unmanaged.passUnretained(self).toOpaque(), readInput, nil, seekInput)
        guard context != nil else {
            av_free(buffer)
            throw .tooMuchMemory
        }
    }

    deinit {
        // libavformat may have put another buffer into its place.
        if let context { av_freep(&context.pointee.buffer) }
        avio_context_free(&context)
    }

    var isOverTime: Bool { cm_cpu_time() > deadline }

    /// Whether reading has to stop, asked by libavformat itself.
    var interrupt: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                Unmanaged<DescriptorInput>.fromOpaque(opaque!).takeUnretainedValue().isOverTime ? 1 : 0
            }, opaque: Unmanaged.passUnretained(self).toOpaque())
    }

    /// Up to `count` bytes at `offset`; how many there are, or a negative errno.
    func read(into bytes: UnsafeMutableRawPointer, count: Int, at offset: Int64) -> Int {
        while true {
            let got = pread(descriptor, bytes, count, off_t(offset))
            if got >= 0 { return got }
            if errno != EINTR { return -Int(errno) }
        }
    }

    /// Up to `count` bytes at `offset`.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let got = read(into: buffer.baseAddress! + filled, count: count - filled, at: offset + Int64(filled))
                guard got > 0 else { break }
                filled += got
            }
        }
    }

    fileprivate func readOn(into buffer: UnsafeMutablePointer<UInt8>, count: Int) -> Int32 {
        if isOverTime { return -ETIMEDOUT }
        let got = read(into: buffer, count: count, at: position)
        guard got > 0 else { return got == 0 ? cm_av_error_end() : Int32(got) }
        position += Int64(got)
        return Int32(got)
    }

    /// As lseek: a position beyond the end is none to complain of.
    fileprivate func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        let base: Int64
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return size
        case SEEK_SET: base = 0
        case SEEK_CUR: base = position
        case SEEK_END: base = size
        default: return Int64(-EINVAL)
        }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return Int64(-EINVAL) }
        position = target
        return target
    }
}

private func readInput(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32)
    -> Int32
{
    Unmanaged<DescriptorInput>.fromOpaque(opaque!).takeUnretainedValue().readOn(into: buffer!, count: Int(count))
}

private func seekInput(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32) -> Int64 {
    Unmanaged<DescriptorInput>.fromOpaque(opaque!).takeUnretainedValue().seek(offset, whence)
}

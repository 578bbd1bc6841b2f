import CZlib
import Glibc
import MediaModel

/// Gzip streams one after the other, as in a `.warc.gz` with one for each record.
final class GzipStream: ByteStream {
    private let descriptor: Int32
    private var inflater = z_stream()
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
    /// Offset in the file of the byte after the input that is held.
    private var inputEnd: Int64 = 0
    private var start: Int64 = 0
    private var isBetween = true

    init(descriptor: Int32) throws(UnpackProblem) {
        self.descriptor = descriptor
        super.init()
        let status = inflateInit2_(&inflater, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw UnpackProblem(.overLimit(.tooMuchMemory), "no memory to decompress it") }
    }

    deinit {
        inflateEnd(&inflater)
        input.deallocate()
    }

    override var streamStart: Int64? { start }

    override func read(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackProblem) -> Int {
        while true {
            if isBetween {
                guard try beginStream() else { return 0 }
            }
            if inflater.avail_in == 0, try !fill() {
                throw UnpackProblem(.damaged, "cut off within its compressed data")
            }
            inflater.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
            inflater.avail_out = UInt32(buffer.count)
            let status = inflate(&inflater, Z_NO_FLUSH)
            let count = buffer.count - Int(inflater.avail_out)
            if status == Z_STREAM_END { isBetween = true }
            guard status == Z_OK || status == Z_STREAM_END || (status == Z_BUF_ERROR && inflater.avail_in == 0) else {
                // The bytes before the damage are still good; the next call tells of it.
                if count > 0 { return count }
                throw UnpackProblem(.damaged, "its compressed data is broken near byte \(position)")
            }
            if count > 0 { return count }
        }
    }

    /// Of the next compressed byte.
    private var position: Int64 { inputEnd - Int64(inflater.avail_in) }

    /// Goes on with the next stream; false at the end of the file.
    private func beginStream() throws(UnpackProblem) -> Bool {
        repeat {
            if inflater.avail_in == 0, try !fill() { return false }
            // Some writers pad with zeros.
            if inflater.next_in[0] != 0 { break }
            inflater.next_in += 1
            inflater.avail_in -= 1
        } while true
        guard inflater.next_in[0] == 0x1F else {
            throw UnpackProblem(.damaged, "bytes that are no gzip stream follow at byte \(position)")
        }
        start = position
        inflateReset(&inflater)
        isBetween = false
        return true
    }

    private func fill() throws(UnpackProblem) -> Bool {
        while true {
            let got = pread(descriptor, input.baseAddress!, input.count, off_t(inputEnd))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw UnpackProblem(.damaged, "it can't be read on: \(String(cString: strerror(errno)))")
            }
            inputEnd += Int64(got)
            inflater.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
            inflater.avail_in = UInt32(got)
            return got > 0
        }
    }

    /// After damage: the next place that looks like the start of a stream. False when there is none.
    func skipDamage() -> Bool {
        // At least one byte on.
        if inflater.avail_in > 0, !isBetween || inflater.next_in[0] != 0x1F {
            inflater.next_in += 1
            inflater.avail_in -= 1
        }
        while true {
            if inflater.avail_in < 4 {
                let left = Int64(inflater.avail_in)
                inputEnd -= left
                guard (try? fill()) == true, inflater.avail_in >= 4 else { return false }
            }
            let at = inflater.next_in!
            if at[0] == 0x1F, at[1] == 0x8B, at[2] == 8, at[3] & 0xE0 == 0 {
                isBetween = true
                return true
            }
            inflater.next_in += 1
            inflater.avail_in -= 1
        }
    }
}

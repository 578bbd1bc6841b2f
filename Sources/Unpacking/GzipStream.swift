import Glibc
import MediaModel

/// Gzip streams one after the other, as in a `.warc.gz` with one for each record.
final class GzipStream: ByteStream {
    private let descriptor: Int32
    private let inflater: GzipInflater
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
    /// What is left of `buffer`.
    private var input = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// Offset in the file of the byte after the input that is held.
    private var inputEnd: Int64 = 0
    private var start: Int64 = 0
    private var isBetween = true
    private var isBroken = false
    /// The inflater may have more without further input.
    private var mayHoldMore = false

    init(descriptor: Int32) throws(UnpackProblem) {
        guard let inflater = GzipInflater() else {
            throw UnpackProblem(.overLimit(.tooMuchMemory), "no memory to decompress it")
        }
        self.descriptor = descriptor
        self.inflater = inflater
        super.init()
    }

    deinit { buffer.deallocate() }

    override var streamStart: Int64? { start }

    override func read(into out: UnsafeMutableRawBufferPointer) throws(UnpackProblem) -> Int {
        while true {
            if isBroken { throw UnpackProblem(.damaged, "its compressed data is broken near byte \(position)") }
            if isBetween {
                guard try beginStream() else { return 0 }
            }
            if input.isEmpty, try !fill(), !mayHoldMore {
                throw UnpackProblem(.damaged, "cut off within its compressed data")
            }
            var count = 0
            mayHoldMore = false
            switch inflater.run(&input, into: out, count: &count) {
            case .more: mayHoldMore = count == out.count
            case .end: isBetween = true
            // The bytes before the damage are still good; the next call tells of it.
            case .broken: isBroken = true
            }
            if count > 0 { return count }
        }
    }

    /// Of the next compressed byte.
    private var position: Int64 { inputEnd - Int64(input.count) }

    private func drop() { input = UnsafeBufferPointer(rebasing: input.dropFirst()) }

    /// Goes on with the next stream; false at the end of the file.
    private func beginStream() throws(UnpackProblem) -> Bool {
        repeat {
            if input.isEmpty, try !fill() { return false }
            // Some writers pad with zeros.
            if input[0] != 0 { break }
            drop()
        } while true
        guard input[0] == 0x1F else {
            throw UnpackProblem(.damaged, "bytes that are no gzip stream follow at byte \(position)")
        }
        start = position
        inflater.restart()
        isBetween = false
        return true
    }

    private func fill() throws(UnpackProblem) -> Bool {
        while true {
            let got = pread(descriptor, buffer.baseAddress!, buffer.count, off_t(inputEnd))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw UnpackProblem(.damaged, "it can't be read on: \(String(cString: strerror(errno)))")
            }
            inputEnd += Int64(got)
            input = UnsafeRawBufferPointer(rebasing: buffer[..<got]).assumingMemoryBound(to: UInt8.self)
            return got > 0
        }
    }

    /// Bytes that broken data may have hidden: what was taken for a stream may have run on into the next ones.
    private static let hidden: Int64 = 1 << 20

    /// After damage: the next place that looks like the start of a stream. False when there is none.
    func skipDamage() -> Bool {
        (isBroken, mayHoldMore) = (false, false)
        if isBetween {
            // At least one byte on.
            if !input.isEmpty, input[0] != 0x1F { drop() }
        } else {
            inputEnd = max(start + 1, position - Self.hidden)
            input = UnsafeBufferPointer(rebasing: input[..<0])
        }
        while true {
            if input.count < 4 {
                inputEnd -= Int64(input.count)
                guard (try? fill()) == true, input.count >= 4 else { return false }
            }
            if input[0] == 0x1F, input[1] == 0x8B, input[2] == 8, input[3] & 0xE0 == 0 {
                isBetween = true
                return true
            }
            drop()
        }
    }
}

import Glibc

/// An archive's bytes after decompression, in order.
class ByteStream {
    /// Where the compressed stream that the last bytes came from starts; nil where nothing is compressed, and bytes
    /// count as they come.
    var streamStart: Int64? { nil }

    /// Some of the next bytes; 0 at the end. Never of two streams at once.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackProblem) -> Int { 0 }
}

/// A file as it is.
final class PlainStream: ByteStream {
    private let descriptor: Int32
    private var offset: Int64 = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    override func read(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackProblem) -> Int {
        while true {
            let got = pread(descriptor, buffer.baseAddress!, buffer.count, off_t(offset))
            if got >= 0 {
                offset += Int64(got)
                return got
            }
            guard errno == EINTR else {
                throw UnpackProblem(.damaged, "it can't be read on: \(String(cString: strerror(errno)))")
            }
        }
    }
}

import Glibc
import Interchange

/// A list's bytes, all of them: what is read must not change meanwhile.
enum ListBytes {
    static func read(_ path: String) throws -> [UInt8] {
        let source = try RecordSource(path)
        defer { source.close() }
        var info = stat()
        guard fstat(source.descriptor, &info) == 0, info.st_size <= ListFile.maximumBytes else {
            throw RunFailure(
                "\(path) has more than \(ListFile.maximumBytes >> 20) MiB. Cut it and import the parts as one list, with --name."
            )
        }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(info.st_size)) { buffer, count in
            while count < buffer.count {
                let got = pread(source.descriptor, buffer.baseAddress! + count, buffer.count - count, off_t(count))
                if got == 0 { break }
                if got > 0 {
                    count += got
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else {
            throw RunFailure("\(path) can't be read: \(String(cString: strerror(failure))).")
        }
        return bytes
    }
}

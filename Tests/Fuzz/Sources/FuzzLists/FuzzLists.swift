import Interchange
import JSONFields
import MediaModel

/// Whatever a list or a sidecar holds, reading it ends, and says of each entry what a registry can take.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return -1 }
    let bytes = UnsafeBufferPointer(start: data + 1, count: count - 1)
    var last = 0
    _ = try? ListFile(bytes, isDigest: data[0] & 1 != 0).entries { line, entry in
        precondition(line >= 0 && line <= count, "a line beyond the end")
        last = max(last, line)
        for case .video(let frames) in entry?.signals ?? [] {
            precondition(
                !frames.isEmpty && zip(frames, frames.dropFirst()).allSatisfy { $0.milliseconds <= $1.milliseconds })
        }
    }
    if let fields = try? JSONFields(Array(bytes)[...]) {
        for (key, value) in fields.members {
            precondition(!value.isEmpty)
            _ = (fields.text(key), fields.integer(key), fields.object(key))
        }
        var origin = Origin()
        origin.take(fields, keepsUploader: true)
    }
    return 0
}

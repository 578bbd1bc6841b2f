import CommonDecoding
import ContentDigest
import Glibc
import Lockdown
import MediaModel
import WorkerProtocol

/// An item that was read and digested, and waits to be decoded.
enum ReadItem {
    /// Nothing is left to do.
    case answered(WorkerReply)
    /// Its bytes, which `decode` frees; a video is never held whole.
    case picture(UnsafeRawBufferPointer, BytesDigests)
    case video(byteCount: Int, BytesDigests)
    /// Another worker has to do it.
    case elsewhere

    var digest: SHA256Digest? {
        switch self {
        case .answered, .elsewhere: nil
        case .picture(_, let digests), .video(_, let digests): digests.sha256
        }
    }

    /// For an item that is not to be decoded.
    func discard() {
        if case .picture(let bytes, _) = self { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
    }
}

/// Reads and digests one item.
///
/// - Parameter send: takes signs of life; false when the parent is gone.
func read(
    _ descriptor: Int32, _ request: WorkerRequest, by decoder: some MediaDecoder, send: @escaping ([UInt8]) -> Bool
) -> ReadItem {
    limitProcessorTime(seconds: request.limits.seconds + 1)
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else {
        return .answered(failed(0, nil, .undecodable, .unreadable, errorText("can't find its size")))
    }
    let format = sniffed(descriptor)
    guard decoder.decodes(format) else { return .elsewhere }
    if format == .video { return readVideo(descriptor, size: size, request, send: send) }
    guard size <= request.limits.bytes else {
        let digest = digestOnly(descriptor, request, seconds: request.limits.seconds)
        return .answered(
            failed(Int64(size), digest, .overLimit, .tooManyBytes, "\(size) bytes, more than \(request.limits.bytes)"))
    }
    guard let bytes = malloc(max(1, size)) else {
        return .answered(
            failed(
                Int64(size), digestOnly(descriptor, request, seconds: request.limits.seconds), .overLimit,
                .tooMuchMemory,
                "no memory for a file of \(size) bytes"))
    }
    guard let count = readAll(descriptor, into: bytes, count: size) else {
        free(bytes)
        return .answered(failed(Int64(size), nil, .undecodable, .unreadable, errorText("can't be read to its end")))
    }
    let content = UnsafeRawBufferPointer(start: bytes, count: count)
    return .picture(content, BytesDigests(content, request))
}

/// A video's bytes are read once for the digest, then as the demuxer wants them.
private func readVideo(
    _ descriptor: Int32, size: Int, _ request: WorkerRequest, send: @escaping ([UInt8]) -> Bool
) -> ReadItem {
    limitProcessorTime(seconds: request.limits.videoSeconds + 1)
    guard size <= request.limits.videoBytes else {
        return .answered(
            failed(
                Int64(size), digestOnly(descriptor, request, seconds: request.limits.wallSeconds / 2), .overLimit,
                .tooManyBytes,
                "\(size) bytes, more than \(request.limits.videoBytes)"))
    }
    guard let digest = digestOnly(descriptor, request, seconds: request.limits.videoSeconds, send: send) else {
        return .answered(failed(Int64(size), nil, .undecodable, .unreadable, errorText("can't be read to its end")))
    }
    return .video(byteCount: size, digest)
}

/// By the first bytes; `unknown` where none can be read.
private func sniffed(_ descriptor: Int32) -> MediaFormat {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { head in
        let got = pread(descriptor, head.baseAddress, head.count, 0)
        return got > 0 ? sniff(UnsafeRawBufferPointer(rebasing: head[..<got])) : .unknown
    }
}

/// The bytes that could be read (fewer when the file shrank meanwhile); nil on an error.
private func readAll(_ descriptor: Int32, into bytes: UnsafeMutableRawPointer, count: Int) -> Int? {
    var done = 0
    while done < count {
        let got = pread(descriptor, bytes + done, count - done, off_t(done))
        if got > 0 { done += got } else if got == 0 { break } else if errno != EINTR { return nil }
    }
    return done
}

/// For files too large to hold: they can still match by their bytes. Nil when that takes too long.
///
/// - Parameter send: told now and then, without frames, that work goes on.
private func digestOnly(
    _ descriptor: Int32, _ request: WorkerRequest, seconds: Int, send: (([UInt8]) -> Bool)? = nil
) -> BytesDigests? {
    let end = ContinuousClock.now + .seconds(seconds)
    var lastSign = ContinuousClock.now
    let hasher = BytesDigests.Hasher(request)
    let size = 1 << 20
    guard let chunk = malloc(size) else { return nil }
    defer { free(chunk) }
    var offset = 0
    while true {
        guard ContinuousClock.now < end else { return nil }
        if let send, ContinuousClock.now - lastSign > .seconds(1) {
            guard send(WorkerFrames(frames: []).encoded) else { exit(0) }
            lastSign = .now
        }
        let got = pread(descriptor, chunk, size, off_t(offset))
        if got == 0 { break }
        if got < 0 {
            guard errno == EINTR else { return nil }
            continue
        }
        hasher.update(UnsafeRawBufferPointer(start: chunk, count: got))
        offset += got
    }
    return hasher.finish()
}

private func errorText(_ what: String) -> String { "\(what): \(String(cString: strerror(errno)))" }

private func failed(
    _ byteCount: Int64, _ digests: BytesDigests?, _ verdict: Verdict, _ reason: ItemFailure.Reason, _ detail: String
) -> WorkerReply {
    WorkerReply(
        byteCount: byteCount, sha256: digests?.sha256,
        content: .failure(ItemFailure(verdict, reason, detail), format: .unknown), digests: digests?.others)
}

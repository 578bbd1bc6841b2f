import WorkerProtocol

/// Whatever a worker or a parent sends is a message or an error; a message says the same when it is sent again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))[...]
    if let reply = try? WorkerReply(decoding: bytes) {
        // A text is cleaned when it is read, so the second reading is the one that has to agree.
        let again = try! WorkerReply(decoding: reply.encoded[...])
        precondition(try! WorkerReply(decoding: again.encoded[...]) == again)
    }
    if let request = try? WorkerRequest(decoding: bytes) {
        precondition(try! WorkerRequest(decoding: request.encoded[...]) == request)
    }
    if let batch = try? WorkerBatch(decoding: bytes) {
        precondition(try! WorkerBatch(decoding: batch.encoded[...]) == batch)
    }
    if let digest = try? WorkerDigest(decoding: bytes) { precondition(digest.encoded == Array(bytes)) }
    if let referral = try? WorkerReferral(decoding: bytes) { precondition(referral.encoded == Array(bytes)) }
    if let frames = try? WorkerFrames(decoding: bytes) {
        precondition(try! WorkerFrames(decoding: frames.encoded[...]) == frames)
    }
    if let request = try? UnpackRequest(decoding: bytes) {
        precondition(try! UnpackRequest(decoding: request.encoded[...]) == request)
    }
    if let message = try? UnpackerMessage(decoding: bytes) {
        let again = try! UnpackerMessage(decoding: message.encoded[...])
        precondition(try! UnpackerMessage(decoding: again.encoded[...]) == again)
    }
    _ = try? WorkerHello(decoding: bytes)
    return 0
}

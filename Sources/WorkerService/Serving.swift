import CSandbox
import Glibc
import Lockdown
import MediaModel
package import WorkerProtocol

/// A worker's life: it gives up every right that it does not need, then answers for one item after the other on the
/// socket that it was started with.
public func serve(_ decoder: some MediaDecoder) -> Never {
    let channel = Channel(descriptor: Int32(CS_CHANNEL))
    let arguments = CommandLine.arguments.dropFirst()
    guard let memory = arguments.first.flatMap({ UInt64($0) }) else {
        let text = "A worker is started by ansim, not by hand.\n"
        _ = write(STDERR_FILENO, text, text.utf8.count)
        exit(64)
    }

    cs_keep_freed_memory()
    prepareDigests()
    decoder.prepare()
    let hello = lockDown(memory: memory, isSandboxed: !arguments.contains("--insecure-no-sandbox"))
    guard channel.send(hello.encoded), hello.failure == nil else { exit(70) }

    while let (request, descriptors) = channel.receiveBatch() {
        answer(request, descriptors, by: decoder, on: channel)
        limitProcessorTime(seconds: 0)
        guard channel.flush() else { break }
    }
    exit(0)
}

/// What a worker does with one item, in this process and without a sandbox: to measure what isolation costs.
package func examineUnprotected(
    _ descriptor: Int32, _ request: WorkerRequest, by decoder: some MediaDecoder
) -> WorkerReply? {
    let send: ([UInt8]) -> Bool = { _ in true }
    defer { limitProcessorTime(seconds: 0) }
    return decode(
        read(descriptor, request, by: decoder, send: send), descriptor, request, by: decoder, send: send)
}

/// Answers for each item in turn; ends the process when the parent is gone.
private func answer(
    _ request: WorkerRequest, _ descriptors: [Int32], by decoder: some MediaDecoder, on channel: Channel
) {
    let send: ([UInt8]) -> Bool = { channel.send($0) }
    func post(_ reply: WorkerReply?) {
        if !channel.post(reply?.encoded ?? WorkerReferral().encoded) { exit(0) }
    }
    func settle(_ item: ReadItem, _ descriptor: Int32) {
        post(decode(item, descriptor, request, by: decoder, send: send))
    }
    guard request.wantsDigestFirst else {
        for descriptor in descriptors {
            settle(read(descriptor, request, by: decoder, send: send), descriptor)
            close(descriptor)
        }
        return
    }
    let items = descriptors.map { descriptor in
        let item = read(descriptor, request, by: decoder, send: send)
        if let digest = item.digest {
            if !channel.post(WorkerDigest(sha256: digest).encoded) { exit(0) }
        } else {
            settle(item, descriptor)
        }
        return item
    }
    let waiting = zip(items, descriptors).filter { $0.0.digest != nil }
    guard channel.flush(), let decisions = channel.receiveDecisions(count: waiting.count) else { exit(0) }
    for ((item, descriptor), decision) in zip(waiting, decisions) {
        switch decision {
        case .decode: settle(item, descriptor)
        case .skip: item.discard()
        }
    }
    for descriptor in descriptors { close(descriptor) }
}

import CSandbox
import Decoding
import Glibc
import MediaModel
import WorkerProtocol

// The process that parses hostile bytes: it gives up every right that it does not
// need, then answers one item after the other on the socket that it was started with.

let channel = Channel(descriptor: Int32(CS_CHANNEL))
let arguments = CommandLine.arguments.dropFirst()
guard let memory = arguments.first.flatMap({ UInt64($0) }) else {
    let text = "ansim-worker is started by ansim, not by hand.\n"
    _ = write(STDERR_FILENO, text, text.utf8.count)
    exit(64)
}

prepareForLockdown()
cs_drop_loaded_pages()
let hello = lockDown(memory: memory, isSandboxed: !arguments.contains("--insecure-no-sandbox"))
guard channel.send(hello.encoded), hello.failure == nil else { exit(70) }

while let (request, descriptors) = channel.receiveBatch() {
    answer(request, descriptors, on: channel)
    limitProcessorTime(seconds: 0)
    guard channel.flush() else { break }
}

/// Answers for each item in turn; ends the process when the parent is gone.
nonisolated func answer(_ request: WorkerRequest, _ descriptors: [Int32], on channel: Channel) {
    let send: ([UInt8]) -> Bool = { channel.send($0) }
    func post(_ reply: WorkerReply) { if !channel.post(reply.encoded) { exit(0) } }
    guard request.wantsDigestFirst else {
        for descriptor in descriptors {
            post(decode(read(descriptor, request, send: send), descriptor, request, send: send))
            close(descriptor)
        }
        return
    }
    let items = descriptors.map { descriptor in
        let item = read(descriptor, request, send: send)
        if case .answered(let reply) = item { post(reply) }
        if let digest = item.digest, !channel.post(WorkerDigest(sha256: digest).encoded) { exit(0) }
        return item
    }
    let waiting = zip(items, descriptors).filter { $0.0.digest != nil }
    guard channel.flush(), let decisions = channel.receiveDecisions(count: waiting.count) else { exit(0) }
    for ((item, descriptor), decision) in zip(waiting, decisions) {
        switch decision {
        case .decode: post(decode(item, descriptor, request, send: send))
        case .skip: item.discard()
        }
    }
    for descriptor in descriptors { close(descriptor) }
}

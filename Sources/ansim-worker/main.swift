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

while let (request, descriptor) = channel.receiveRequest() {
    limitProcessorTime(seconds: request.limits.seconds + 1)
    let reply = examine(
        descriptor: descriptor, request: request,
        decide: { digest in
            guard channel.send(WorkerDigest(sha256: digest).encoded) else { exit(0) }
            guard let decision = channel.receiveDecision() else { exit(0) }
            return decision
        }, send: { channel.send($0) })
    limitProcessorTime(seconds: 0)
    close(descriptor)
    if let reply, !channel.send(reply.encoded) { break }
}

import CSandbox
import Decoding
import Glibc
import WorkerProtocol

// The process that parses hostile bytes: it gives up every right that it does not
// need, then answers one item after the other on the socket that it was started with.

let channel = Channel(descriptor: Int32(CS_CHANNEL))
guard let memory = CommandLine.arguments.dropFirst().first.flatMap({ UInt64($0) }) else {
    let text = "ansim-worker is started by ansim, not by hand.\n"
    _ = write(STDERR_FILENO, text, text.utf8.count)
    exit(64)
}

prepareForLockdown()
let hello = lockDown(memory: memory)
guard channel.send(hello.encoded), hello.failure == nil else { exit(70) }

while let (request, descriptor) = channel.receiveRequest() {
    let reply = examine(descriptor: descriptor, request: request)
    close(descriptor)
    guard channel.send(reply.encoded) else { break }
}

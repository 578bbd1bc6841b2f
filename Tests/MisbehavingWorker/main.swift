import CSandbox
import ContentDigest
import Glibc
import MediaModel
import WorkerProtocol

// A worker for tests: it does what the item's bytes tell it to.

func send(_ message: [UInt8]) {
    let frame = Frame.encode(message)
    _ = cs_send(Int32(CS_CHANNEL), frame, frame.count, nil, 0)
}

send(WorkerHello(landlockVersion: 0, failure: nil).encoded)
var decoded = 0
/// Under this name it is the one to which items are referred.
let isFurther = CommandLine.arguments[0].hasSuffix("-av")

struct Item {
    let text: String
    let byteCount: Int
    let digest: SHA256Digest
}

func receive(_ count: Int) -> (bytes: [UInt8], descriptors: [Int32]) {
    var bytes = [UInt8](repeating: 0, count: count)
    var descriptors = [Int32](repeating: -1, count: Int(CS_MAX_DESCRIPTORS))
    var descriptorCount = 0
    guard cs_receive(Int32(CS_CHANNEL), &bytes, count, &descriptors, &descriptorCount) == count else { exit(0) }
    return (bytes, Array(descriptors.prefix(descriptorCount)))
}

func readItem(_ descriptor: Int32) -> Item {
    var text = [UInt8](repeating: 0, count: 64)
    let count = max(0, pread(descriptor, &text, text.count, 0))
    close(descriptor)
    return Item(
        text: String(decoding: text.prefix(count), as: UTF8.self), byteCount: count,
        digest: text[..<count].withUnsafeBytes { SHA256Digest(bytes: sha256($0)) }!)
}

while true {
    let (bytes, descriptors) = receive(Frame.headerCount + WorkerBatch.encodedCount)
    guard let batch = try? WorkerBatch(decoding: bytes[Frame.headerCount...]), batch.itemCount == descriptors.count
    else { exit(0) }
    var items = descriptors.map(readItem)
    if batch.request.wantsDigestFirst {
        for item in items { send(WorkerDigest(sha256: item.digest).encoded) }
        let decisions = receive(items.count).bytes
        items = zip(items, decisions).filter { $0.1 == WorkerDecision.decode.rawValue }.map(\.0)
    }
    for item in items { decode(item) }
}

@MainActor func decode(_ item: Item) {
    decoded += 1
    switch item.text {
    case "crash": abort()
    case "crash when used" where decoded > 1: abort()
    case "exit": exit(3)
    case "killed": kill(getpid(), SIGKILL)  // as the kernel does when memory runs out
    case "frames for ever":
        while true {
            send(WorkerFrames(frames: []).encoded)
            usleep(20_000)
        }
    case "hang": while true { sleep(1000) }
    case "slow": usleep(200_000)
    case "spin":
        kill(getpid(), SIGPROF)  // as the kernel does when the CPU time is used up
    case "nonsense":
        send([1, 2, 3])
        return
    case "refer" where !isFurther, "refer, then crash" where !isFurther, "always refer":
        send(WorkerReferral().encoded)
        return
    case "refer, then crash": abort()
    case "flood":
        let frame: [UInt8] = [0xFF, 0xFF, 0xFF, 0x7F]
        _ = cs_send(Int32(CS_CHANNEL), frame, frame.count, nil, 0)
        return
    default: break
    }
    // The width counts what this worker decoded.
    send(
        WorkerReply(
            byteCount: Int64(item.byteCount), sha256: item.digest,
            content: .picture(
                PictureFacts(
                    format: .png, width: decoded, height: 1, exifOrientation: nil, quality: Quality(rawValue: 100),
                    isDegenerate: false, damage: nil, hasFurtherFrames: false),
                hashes: [OrientedHash(orientation: .orig, hash: Hash256(UInt64(decoded), 2, 3, 4))])
        ).encoded)
}

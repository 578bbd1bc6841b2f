import CSandbox
import ContentDigest
import Glibc
import MediaModel
import WorkerProtocol

// A worker for tests: it does what the item's bytes tell it to.

func send(_ message: [UInt8]) {
    let frame = Frame.encode(message)
    _ = cs_send_with_fd(Int32(CS_CHANNEL), frame, frame.count, -1)
}

send(WorkerHello(landlockVersion: 0, failure: nil).encoded)
var decoded = 0
while true {
    var bytes = [UInt8](repeating: 0, count: Frame.headerCount + WorkerRequest.encodedCount)
    var item: Int32 = -1
    guard cs_receive_with_fd(Int32(CS_CHANNEL), &bytes, bytes.count, &item) > 0, item >= 0,
        let request = try? WorkerRequest(decoding: bytes[Frame.headerCount...])
    else { exit(0) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = max(0, pread(item, &text, text.count, 0))
    close(item)
    let digest = text[..<count].withUnsafeBytes { SHA256Digest(bytes: sha256($0)) }!
    if request.wantsDigestFirst {
        send(WorkerDigest(sha256: digest).encoded)
        var (answer, passed): (UInt8, Int32) = (0, -1)
        guard cs_receive_with_fd(Int32(CS_CHANNEL), &answer, 1, &passed) == 1 else { exit(0) }
        if answer == WorkerDecision.skip.rawValue { continue }
    }
    decoded += 1
    switch String(decoding: text.prefix(count), as: UTF8.self) {
    case "crash": abort()
    case "crash when used" where decoded > 1: abort()
    case "exit": exit(3)
    case "hang": while true { sleep(1000) }
    case "slow": usleep(200_000)
    case "spin":
        kill(getpid(), SIGPROF)  // as the kernel does when the CPU time is used up
    case "nonsense":
        send([1, 2, 3])
        continue
    case "flood":
        let frame: [UInt8] = [0xFF, 0xFF, 0xFF, 0x7F]
        _ = cs_send_with_fd(Int32(CS_CHANNEL), frame, frame.count, -1)
        continue
    default: break
    }
    // The width counts what this worker decoded.
    send(
        WorkerReply(
            byteCount: Int64(count), sha256: digest,
            content: .picture(
                PictureFacts(
                    format: .png, width: decoded, height: 1, exifOrientation: nil, quality: Quality(rawValue: 100),
                    isDegenerate: false, damage: nil, hasFurtherFrames: false),
                hashes: [OrientedHash(orientation: .orig, hash: Hash256(UInt64(decoded), 2, 3, 4))])
        ).encoded)
}

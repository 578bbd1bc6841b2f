import CSandbox
import Glibc
import MediaModel
import WorkerProtocol

// A worker for tests: it does what the item's bytes tell it to.

func send(_ message: [UInt8]) {
    let frame = Frame.encode(message)
    _ = cs_send_with_fd(Int32(CS_CHANNEL), frame, frame.count, -1)
}

send(WorkerHello(landlockVersion: 0, failure: nil).encoded)
var served = 0
while true {
    var bytes = [UInt8](repeating: 0, count: Frame.headerCount + WorkerRequest.encodedCount)
    var item: Int32 = -1
    guard cs_receive_with_fd(Int32(CS_CHANNEL), &bytes, bytes.count, &item) > 0, item >= 0 else { exit(0) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = pread(item, &text, text.count, 0)
    close(item)
    served += 1
    switch String(decoding: text.prefix(max(0, count)), as: UTF8.self) {
    case "crash": abort()
    case "crash when used" where served > 1: abort()
    case "exit": exit(3)
    case "hang": while true { sleep(1000) }
    case "slow": usleep(200_000)
    case "nonsense":
        send([1, 2, 3])
        continue
    case "flood":
        let frame: [UInt8] = [0xFF, 0xFF, 0xFF, 0x7F]
        _ = cs_send_with_fd(Int32(CS_CHANNEL), frame, frame.count, -1)
        continue
    default: break
    }
    send(
        WorkerReply(
            byteCount: Int64(count), sha256: nil,
            content: .picture(
                PictureFacts(
                    format: .png, width: 1, height: 1, exifOrientation: nil, quality: Quality(rawValue: 100),
                    isDegenerate: false, damage: nil, hasFurtherFrames: false),
                hashes: [OrientedHash(orientation: .orig, hash: .zero)])
        ).encoded)
}

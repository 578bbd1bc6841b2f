import CSandbox
import Glibc
import MediaModel
import WorkerProtocol

// An unpacker for tests: it does what the archive's bytes after its mark tell it to.

func send(_ message: UnpackerMessage) { send(message.encoded) }

func send(_ message: [UInt8]) {
    let frame = Frame.encode(message)
    _ = cs_send(Int32(CS_CHANNEL), frame, frame.count, nil, 0)
}

func receive(_ count: Int) -> (bytes: [UInt8], descriptors: [Int32]) {
    var (bytes, done) = ([UInt8](repeating: 0, count: count), 0)
    var descriptors: [Int32] = []
    while done < count {
        var part = [UInt8](repeating: 0, count: count - done)
        var passed = [Int32](repeating: -1, count: Int(CS_MAX_DESCRIPTORS))
        var passedCount = 0
        let got = cs_receive(Int32(CS_CHANNEL), &part, part.count, &passed, &passedCount)
        guard got > 0 else { exit(0) }
        bytes.replaceSubrange(done..<done + got, with: part.prefix(got))
        done += got
        descriptors += passed.prefix(passedCount)
    }
    return (bytes, descriptors)
}

send(WorkerHello(landlockVersion: 0, failure: nil).encoded)
while true {
    let (_, archives) = receive(UnpackRequest.encodedCount)
    guard let archive = archives.first else { exit(0) }
    var text = [UInt8](repeating: 0, count: 64)
    // After the mark of a zip file.
    let count = max(0, pread(archive, &text, text.count, 4))
    close(archive)
    serve(String(decoding: text.prefix(count), as: UTF8.self))
}

func files() -> [Int32] {
    send(.wantsMore)
    return receive(UnpackerMessage.orderCount).descriptors
}

func member(
    _ index: Int, file: Int?, _ byteCount: Int64, failure: ItemFailure? = nil
) -> UnpackerMessage {
    var origin = Origin()
    origin.members = [Origin.Member(name: Array("m\(index)".utf8), index: index)]
    return .member(
        UnpackedMember(origin: origin, index: index, file: file, byteCount: byteCount, failure: failure))
}

func fill(_ file: Int32, _ text: String) { _ = write(file, text, text.utf8.count) }

func end(_ members: Int) {
    send(.end(ArchiveFacts(container: "test", members: members, passedOver: 0), nil, outputBytes: 0))
}

func serve(_ order: String) {
    switch order {
    case "crash": abort()
    case "crash after one":
        let files = files()
        fill(files[0], "good")
        send(member(0, file: 0, 4))
        usleep(100_000)
        abort()
    case "hang": while true { sleep(1000) }
    case "work for ever":
        while true {
            send(.working)
            usleep(100_000)
        }
    case "spin":
        kill(getpid(), SIGPROF)  // as the kernel does when the CPU time is used up
    case "nonsense": send([1, 2, 3])
    case "flood":
        let frame: [UInt8] = [0xFF, 0xFF, 0xFF, 0x7F]
        _ = cs_send(Int32(CS_CHANNEL), frame, frame.count, nil, 0)
    case "wrong size":
        fill(files()[0], "good")
        send(member(0, file: 0, 5))
    case "file of its own": send(member(0, file: 99, 4))
    case "no file": send(member(0, file: nil, 0))
    case "same file twice":
        let files = files()
        fill(files[0], "good")
        send(member(0, file: 0, 4))
        send(member(1, file: 0, 4))
    case "writable":
        let file = files()[0]
        fill(file, "good")
        // What is mapped for writing can't be sealed.
        _ = mmap(nil, 4, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        send(member(0, file: 0, 4))
    case "clear":
        // It has no say in what an item shows.
        send(member(0, file: nil, 0, failure: ItemFailure(.clear, .empty, "nothing to see")))
    case "endless names":
        var origin = Origin()
        origin.members = [Origin.Member(name: [UInt8](repeating: 0x2E, count: 1 << 20), index: 0)]
        let message = UnpackerMessage.member(
            UnpackedMember(
                origin: origin, index: 0, file: nil, byteCount: 0, failure: ItemFailure(.undecodable, .empty, "")))
        send(message)
        end(1)
    default:
        let files = files()
        for (number, file) in files.prefix(2).enumerated() {
            fill(file, "good")
            send(member(number, file: number, 4))
        }
        end(2)
    }
}

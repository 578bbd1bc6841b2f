import CSandbox
import Glibc
import Lockdown
import MediaModel
import WorkerProtocol

/// An unpacker's life: it gives up every right that it does not need, then takes one archive after the other apart.
package func serveArchives() -> Never {
    let channel = Channel(descriptor: Int32(CS_CHANNEL))
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.prefix(2).compactMap { UInt64($0) }
    guard numbers.count == 2 else {
        let text = "An unpacker is started by ansim, not by hand.\n"
        _ = write(STDERR_FILENO, text, text.utf8.count)
        exit(64)
    }
    prepareDigests()
    // Names in archives are UTF-8 more often than not; whatever else they are, their bytes stay.
    setlocale(LC_CTYPE, "C.UTF-8")
    // A file that may not grow is a failed write, not the end.
    signal(SIGXFSZ, SIG_IGN)
    let hello = lockDown(
        memory: numbers[0], fileBytes: numbers[1], isSandboxed: !arguments.contains("--insecure-no-sandbox"))
    guard channel.send(hello.encoded), hello.failure == nil else { exit(70) }

    while let (bytes, descriptors) = channel.receive(UnpackRequest.encodedCount) {
        guard let request = try? UnpackRequest(decoding: bytes[...]), descriptors.count == 1 else { exit(70) }
        unpack(descriptors[0], request, channel)
        close(descriptors[0])
    }
    exit(0)
}

func unpack(_ descriptor: Int32, _ request: UnpackRequest, _ taker: any MemberTaker) {
    let outlet = MemberOutlet(taker, request)
    var container = "unknown"
    do throws(UnpackProblem) {
        try unpack(descriptor, outlet, &container)
        outlet.end(container: container, nil)
    } catch {
        outlet.end(container: container, error)
    }
}

private func unpack(
    _ descriptor: Int32, _ outlet: MemberOutlet, _ container: inout String
) throws(UnpackProblem) {
    if let stream = try records(descriptor) {
        container = stream is GzipStream ? "WARC, gzip" : "WARC"
        return try WARCReader(stream, outlet).run()
    }
    let archive = try LibArchive(descriptor: descriptor)
    defer { container = container == "unknown" ? archive.container : container }
    guard let first = try archive.next() else { return }
    guard archive.isBareStream else { return try ArchiveReader(archive, outlet).run(first: first) }
    guard archive.isCompressed else { throw UnpackProblem(.unsupported, "no known form of archive") }
    let stream = ArchiveStream(archive)
    if try stream.peek(5).elementsEqual("WARC/".utf8) {
        container = "WARC, " + archive.container
        return try WARCReader(stream, outlet).run()
    }
    try unpackBareStream(stream, outlet)
}

/// A WARC as it is or in gzip; nil for anything else.
private func records(_ descriptor: Int32) throws(UnpackProblem) -> ByteStream? {
    var head = [UInt8](repeating: 0, count: 5)
    guard pread(descriptor, &head, head.count, 0) == head.count else { return nil }
    if head.elementsEqual("WARC/".utf8) { return PlainStream(descriptor: descriptor) }
    guard head.starts(with: [0x1F, 0x8B, 8]) else { return nil }
    let probe = try GzipStream(descriptor: descriptor)
    guard let count = try? head.withUnsafeMutableBytes({ bytes throws(UnpackProblem) in try probe.read(into: bytes) }),
        count == head.count, head.elementsEqual("WARC/".utf8)
    else { return nil }
    return try GzipStream(descriptor: descriptor)
}

/// One compressed file: a member without a name.
private func unpackBareStream(_ stream: ArchiveStream, _ outlet: MemberOutlet) throws(UnpackProblem) {
    var origin = Origin()
    origin.members = [Origin.Member(name: [], index: 0)]
    let file = outlet.openFile()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    defer { buffer.deallocate() }
    var failure: ItemFailure?
    do throws(UnpackProblem) {
        while true {
            let count = try stream.read(into: buffer)
            if count == 0 { break }
            try outlet.count(output: count)
            guard failure == nil else { continue }
            if !file.append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                failure = ItemFailure(.overLimit, .tooManyBytes, "more than \(outlet.request.memberBytes) bytes")
            }
        }
    } catch {
        origin.flaw = error.detail
        try outlet.send(origin, index: 0, file: file, failure: failure)
        throw error
    }
    try outlet.send(origin, index: 0, file: file, failure: failure)
}

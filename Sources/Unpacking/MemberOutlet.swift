import Glibc
import Lockdown
import MediaModel
import WorkerProtocol

/// Members on their way to `ansim`, and all that is counted of an archive.
final class MemberOutlet {
    let request: UnpackRequest
    private let taker: any MemberTaker
    /// Empty ones, in the order in which they came.
    private var files: ArraySlice<Int32> = []
    private var openedFiles = 0
    /// Written since `ansim` last ordered.
    private var batchBytes = 0
    private var lastSign = ContinuousClock.now
    private(set) var outputBytes = 0
    private(set) var members = 0
    private(set) var passedOver = 0

    /// Bytes that are made ahead of `ansim`.
    private static let maximumBatch = 4 << 20

    init(_ taker: any MemberTaker, _ request: UnpackRequest) {
        (self.taker, self.request) = (taker, request)
        limitProcessorTime(seconds: request.seconds)
    }

    deinit { for file in files { close(file) } }

    /// An empty file for a member's bytes. Waits while enough was made.
    func openFile() -> MemberFile {
        if files.isEmpty || batchBytes >= Self.maximumBatch { order() }
        defer { openedFiles += 1 }
        return MemberFile(
            descriptor: files.removeFirst(), number: openedFiles, maximumCount: request.memberBytes)
    }

    private func order() {
        say(.wantsMore, now: true)
        guard let descriptors = taker.order(), !descriptors.isEmpty || !files.isEmpty else { exit(0) }
        files += descriptors
        batchBytes = 0
    }

    private func say(_ message: UnpackerMessage, now: Bool) {
        // Whoever does not listen any more needs nothing.
        guard taker.take(message, now: now) else { exit(0) }
        lastSign = .now
    }

    /// Counts what came out of the archive, and gives signs of life.
    func count(output bytes: Int) throws(UnpackProblem) {
        outputBytes += bytes
        guard outputBytes <= request.outputBytes else {
            throw UnpackProblem(
                .overLimit(.tooCompressed), "more than \(request.outputBytes) bytes come out of the archive")
        }
        if ContinuousClock.now - lastSign > .milliseconds(500) { say(.working, now: true) }
    }

    /// - Parameter file: what it wrote, closed here.
    func send(_ origin: Origin, index: Int, file: MemberFile?, failure: ItemFailure? = nil) throws(UnpackProblem) {
        if let file {
            close(file.descriptor)
            batchBytes += file.count
        }
        guard members < request.members else {
            throw UnpackProblem(.overLimit(.tooManyMembers), "the archive has more than \(request.members) members")
        }
        members += 1
        let member = UnpackedMember(
            origin: origin, index: index, file: file?.number, byteCount: Int64(file?.count ?? 0), failure: failure)
        say(.member(member), now: false)
        limitProcessorTime(seconds: request.seconds)
    }

    /// Something that is no item.
    func passOver() { passedOver += 1 }

    func end(container: String, _ problem: UnpackProblem?) {
        limitProcessorTime(seconds: 0)
        let failure = problem?.failure(hasMembers: members > 0)
        let facts = ArchiveFacts(container: container, members: members, passedOver: passedOver)
        say(.end(facts, failure, outputBytes: Int64(outputBytes)), now: true)
    }
}

/// A memory file that takes a member's bytes.
final class MemberFile {
    let descriptor: Int32
    /// Of all that the archive's members took.
    let number: Int
    private let maximumCount: Int
    private(set) var count = 0

    init(descriptor: Int32, number: Int, maximumCount: Int) {
        (self.descriptor, self.number, self.maximumCount) = (descriptor, number, maximumCount)
    }

    /// False when the member becomes too large, or memory ends.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard count + bytes.count <= maximumCount else { return false }
        var done = 0
        while done < bytes.count {
            let written = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if written > 0 { done += written } else if errno != EINTR { return false }
        }
        count += bytes.count
        return true
    }

    /// A gap of zeros up to `offset`, which takes no memory. False when that is too far.
    func skip(to offset: Int) -> Bool {
        guard offset >= count, offset < maximumCount else { return false }
        guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else { return false }
        count = offset
        return true
    }
}

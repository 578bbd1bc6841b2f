import Glibc
import MediaModel
import MediaSources
import WorkerProtocol

/// The members of one archive, then its end. Some are unpacked ahead.
final class ArchiveItems: IteratorProtocol, WaitingSource {
    private let source: SourceItem
    private let file: OpenItem.OpenFile
    private let limits: ArchiveLimits
    private let keepsUploader: Bool
    private let wallSeconds: Int
    private let pool: UnpackerPool
    private let stop: StopFlag
    private let budget: ArchiveBudget
    private var process: UnpackerProcess?
    private var isOver = false
    /// The unpacker waits for an order.
    private var isAsked = false
    private var ready: ArraySlice<SourceItem> = []
    private var members = 0
    /// Places of members that are still wanted; nil for all.
    private var wanted: Set<Int>?
    /// Since it last gave something other than a sign of life.
    private var lastProgress = SuspendingClock.now

    /// Members in hand at which the unpacker is told to go on.
    private static let lowMark = UnpackerMessage.maximumFiles / 2

    init(_ item: OpenItem, _ file: OpenItem.OpenFile, _ limits: ArchiveLimits, _ context: ArchiveContext) {
        (source, self.file, self.limits) = (item.source, file, limits)
        (keepsUploader, wallSeconds) = (context.keepsUploader, context.wallSeconds)
        wanted = item.source.wanted?.places(in: item.source.member?.indexes ?? [])
        isOver = wanted?.isEmpty ?? false
        (pool, stop) = (context.pool, context.stop)
        budget =
            item.source.member?.budget
            ?? ArchiveBudget(
                outputBytes: limits.outputBytes(ofArchive: file.byteCount), members: limits.members)
    }

    var isReady: Bool { !ready.isEmpty || isOver || process?.hasMessage == true }

    func next() -> SourceItem? {
        do throws(WorkerProcess.Loss) {
            while ready.isEmpty, !isOver { try step() }
            if isAsked, ready.count < Self.lowMark { try goOn() }
        } catch {
            end(after: error)
        }
        return ready.popFirst()
    }

    private func goOn() throws(WorkerProcess.Loss) {
        isAsked = false
        try process?.order()
        lastProgress = .now
    }

    private func step() throws(WorkerProcess.Loss) {
        guard let process else { return try begin() }
        if isAsked { try goOn() }
        let message = try process.receive(seconds: wallSeconds, stop: stop)
        if message != .working { lastProgress = .now }
        switch message {
        case .working:
            // Whoever says only that it works may have taken over the unpacker, and stopped its timer.
            guard SuspendingClock.now - lastProgress < .seconds(limits.wallSeconds) else { throw .timedOut }
        case .wantsMore: isAsked = true
        case .member(let member): try take(member, from: process)
        case .end(let facts, let failure, let outputBytes):
            budget.spend(outputBytes: Int(outputBytes))
            pool.give(process)
            end(facts, failure)
        }
    }

    private func begin() throws(WorkerProcess.Loss) {
        do throws(WorkerStartError) {
            process = try pool.take(limits)
        } catch {
            return end(nil, ItemFailure(.undecodable, .unreadable, "can't be unpacked: \(error.description)"))
        }
        let name = source.provenance.origin?.members.last?.name ?? source.provenance.path
        try process!.begin(
            file.descriptor,
            UnpackRequest(
                memberBytes: limits.memberBytes, outputBytes: budget.outputBytes, members: budget.membersLeft,
                seconds: limits.seconds, keepsUploader: keepsUploader,
                isCollection: name.suffix(5).elementsEqual(".wacz".utf8)))
        lastProgress = .now
    }

    private func take(_ member: UnpackedMember, from process: UnpackerProcess) throws(WorkerProcess.Loss) {
        var failure = member.failure
        var content: OwnedFile?
        if let number = member.file {
            if failure == nil {
                content = try process.sealed(number, byteCount: member.byteCount)
            } else {
                process.discard(number)
            }
        } else if failure == nil {
            throw process.malformed()
        }
        guard member.byteCount <= limits.memberBytes else { throw process.malformed() }
        budget.spendMember()
        members += 1
        if let wanted, !wanted.contains(member.index) { return }
        let origin = (source.provenance.origin ?? Origin()).entered(member.origin)
        if origin.members.count > 64 { failure = ItemFailure(.overLimit, .tooDeep, "too many levels of archives") }
        ready.append(
            SourceItem(
                provenance: Provenance(path: source.provenance.path, origin: origin), failure: failure,
                member: content.map {
                    ArchiveMember(
                        content: $0, byteCount: member.byteCount, archive: file.holder,
                        indexes: (source.member?.indexes ?? []) + [member.index], budget: budget)
                }, wanted: source.wanted))
        wanted?.remove(member.index)
        // What follows is of no use, and nobody waits for its end.
        if wanted?.isEmpty == true { (isOver, self.process) = (true, nil) }
    }

    private func end(_ facts: ArchiveFacts?, _ failure: ItemFailure?) {
        (isOver, process) = (true, nil)
        if wanted != nil, failure == nil { return }
        ready.append(
            SourceItem(
                provenance: source.provenance, failure: failure,
                archive: SourceItem.ArchiveEnd(facts: failure == nil ? facts : nil, byteCount: file.byteCount)))
    }

    private func end(after loss: WorkerProcess.Loss) {
        let done = members == 0 ? "" : " after \(members) members"
        switch loss {
        case .stopped: (isOver, process, ready) = (true, nil, [])
        // The thread that started it may be gone already, and then the kernel ends it.
        case .died where stop.isRequested, .killed where stop.isRequested: (isOver, process, ready) = (true, nil, [])
        case .noFile(let why):
            end(nil, ItemFailure(.undecodable, .unreadable, "no file for its members\(done): \(why); see ulimit -n"))
        case .died(let ending):
            end(nil, ItemFailure(.undecodable, .decoderCrashed, "the unpacker died on it\(done) (\(ending))"))
        case .killed:
            end(nil, ItemFailure(.undecodable, .decoderCrashed, "the unpacker was killed on it\(done)"))
        case .malformed:
            end(nil, ItemFailure(.undecodable, .decoderCrashed, "the unpacker answered nonsense\(done)"))
        case .timedOut:
            end(
                nil,
                ItemFailure(
                    .overLimit, .tooSlow, "the unpacker takes more than \(limits.wallSeconds) s for a member\(done)"))
        case .outOfTime:
            end(
                nil,
                ItemFailure(
                    .overLimit, .tooSlow,
                    "the unpacker takes more than \(limits.seconds) s of CPU time for a member\(done)"))
        }
    }
}

/// What all archives of a run share.
struct ArchiveContext {
    let limits: ArchiveLimits?
    let keepsUploader: Bool
    let wallSeconds: Int
    let pool: UnpackerPool
    let stop: StopFlag

    init(_ settings: Examiner.Settings, stop: StopFlag) {
        (limits, keepsUploader) = (settings.archives, settings.keepsUploader)
        (wallSeconds, self.stop) = (settings.limits.wallSeconds, stop)
        pool = UnpackerPool(settings: settings)
    }
}

extension Origin {
    /// A member's, within an archive of this origin: what is known of the archive stays known where the member has
    /// nothing of its own.
    func entered(_ member: Origin) -> Origin {
        var origin = member
        origin.members = members + member.members
        origin.url = member.url ?? url
        origin.page = member.page ?? page
        origin.captured = member.captured ?? captured
        origin.uploaded = member.uploaded ?? uploaded
        origin.uploader = member.uploader ?? uploader
        origin.address = member.address ?? address
        (origin.line, origin.given) = (line, given)
        return origin
    }
}

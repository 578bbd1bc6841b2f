import Foundation
import MediaModel
import MediaSources
import Scanning
import TestSupport
import Testing

/// Whatever an unpacker does, its archive gets a record, and the others are examined.
@Suite struct UnpackerBehaviour {
    private let folder = TemporaryFolder()

    private func examine(_ orders: [String], limits: ArchiveLimits = ArchiveLimits()) throws -> [Examination] {
        let items = try orders.enumerated().map { number, order in
            let file = try folder.write(Data("PK\u{3}\u{4}\(order)".utf8), to: "\(number).zip")
            return SourceItem(provenance: Provenance(path: Array(file.path.utf8)))
        }
        var settings = Examiner.Settings(
            workerExecutable: Paths.product("misbehaving-worker").path, workers: 2,
            limits: ItemLimits(seconds: 1, wallSeconds: 2))
        settings.archives = limits
        settings.unpackerExecutable = Paths.product("misbehaving-unpacker").path
        var found: [Examination] = []
        let isComplete = try Examiner(settings: settings).run(
            items.makeIterator(), stop: StopFlag(), process: { examination, _ in examination },
            deliver: { found.append($0) })
        #expect(isComplete)
        return found
    }

    /// Of the archives themselves; nil for one that was read to its end.
    private func endings(_ found: [Examination]) -> [ItemFailure?] {
        found.filter { $0.item.provenance.origin == nil }.map { end in
            if end.archive != nil { return nil }
            if case .failure(let failure, _) = end.content { return failure }
            return nil
        }
    }

    @Test(arguments: [
        ("crash", ItemFailure.Reason.decoderCrashed), ("spin", .tooSlow), ("hang", .tooSlow),
        ("nonsense", .decoderCrashed), ("flood", .decoderCrashed), ("wrong size", .decoderCrashed),
        ("file of its own", .decoderCrashed), ("no file", .decoderCrashed), ("same file twice", .decoderCrashed),
        ("writable", .decoderCrashed), ("clear", .decoderCrashed),
    ])
    func isARecord(order: String, reason: ItemFailure.Reason) throws {
        let found = try examine(["good", order, "good"])
        #expect(endings(found).map { $0?.reason } == [nil, reason, nil])
        // Two members each of those that behave.
        #expect(found.filter { $0.item.provenance.origin?.members.isEmpty == false && $0.picture != nil }.count >= 4)
    }

    @Test func keepsWhatCameBefore() throws {
        let found = try examine(["crash after one"])
        #expect(found.count == 2 && found[0].picture != nil)
        #expect(endings(found).first??.detail.contains("after 1 members") == true)
    }

    @Test(.timeLimit(.minutes(10))) func signsOfLifeAreNotEnough() throws {
        var limits = ArchiveLimits()
        limits.wallSeconds = 1
        let found = try examine(["work for ever", "good"], limits: limits)
        #expect(endings(found).map { $0?.reason } == [.tooSlow, nil])
    }

    @Test func namesHaveAnEnd() throws {
        let found = try examine(["endless names"])
        #expect(found.count == 2 && (found[0].item.provenance.origin?.members[0].name.count ?? 0) <= 8192)
    }
}

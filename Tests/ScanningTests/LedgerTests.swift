import Foundation
import GRDB
import MediaModel
import MediaSources
import Scanning
import TestSupport
import Testing

@Suite struct LedgerBehaviour {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/ledger" }

    private func examine(
        _ names: [String], workers: Int = 1, examination: String = "settings", itemsPerWorker: Int = 1000
    ) throws -> [Examination] {
        var settings = Examiner.Settings(
            workerExecutable: Paths.product("misbehaving-worker").path, workers: workers,
            limits: ItemLimits(seconds: 1, wallSeconds: 2, videoWallSeconds: 3))
        settings.itemsPerWorker = itemsPerWorker
        let items = names.map { SourceItem(provenance: Provenance(path: Array((folder.path + "/" + $0).utf8))) }
        var found: [Examination] = []
        let ledger = try Ledger(path: path, examination: examination)
        _ = try Examiner(settings: settings, ledger: ledger).run(
            items.makeIterator(), stop: StopFlag(), process: { examination, _ in examination },
            deliver: { found.append($0) })
        return found
    }

    /// How many items the worker had decoded when it answered about each.
    private func decoded(_ examinations: [Examination]) -> [Int?] { examinations.map { $0.picture?.width } }

    private func write(_ files: [String: String]) throws {
        for (name, text) in files { try folder.write(Data(text.utf8), to: name) }
    }

    @Test func decodesTheSameBytesOnce() throws {
        try write(["a": "one", "b": "one", "c": "two", "d": "one"])
        #expect(try decoded(examine(["a", "b", "c", "d"])) == [1, 1, 2, 1])
        // With several workers at the same time, too.
        let names = (0..<60).map { "same\($0)" }
        try write(Dictionary(uniqueKeysWithValues: names.map { ($0, "slow") }))
        #expect(try Set(decoded(examine(names, workers: 6))).count == 1)
    }

    @Test func doesNotDecodeUnchangedFilesAgain() throws {
        try write(["a": "one", "b": "two"])
        let first = try examine(["a", "b"])
        #expect(decoded(first) == [1, 2])
        // Were "b" decoded again, it would be its worker's first.
        #expect(try examine(["b", "a"]) == first.reversed())
        try write(["b": "new"])
        #expect(try decoded(examine(["a", "b"])) == [1, 1])
    }

    @Test func keepsWhyAnItemCouldNotBeExaminedUntilItCan() throws {
        try write(["a": "one"])
        symlink("circle", folder.path + "/circle")
        #expect(try decoded(examine(["a", "gone", "circle"])) == [1, nil, nil])
        func unexamined() throws -> [String] {
            try DatabaseQueue(path: path).read {
                try Row.fetchAll($0, sql: "SELECT * FROM unexamined ORDER BY path DESC").map { row in
                    let name = String(decoding: row["path"] as Data, as: UTF8.self).split(separator: "/").last!
                    let words = ["verdict", "reason", "detail"].map { row[$0] as String }
                    return "\(name): \(words.joined(separator: ", "))"
                }
            }
        }
        let circle = "circle: undecodable, unreadable, can't be opened: Too many levels of symbolic links"
        #expect(
            try unexamined() == [
                "gone: undecodable, unreadable, can't be opened: No such file or directory", circle,
            ])
        try write(["gone": "two"])
        #expect(try decoded(examine(["a", "gone", "circle"])) == [1, 1, nil])
        #expect(try unexamined() == [circle])
        #expect(try Ledger(path: path, examination: nil).unexaminedCount() == 1)
    }

    @Test func decodesAgainUnderOtherSettings() throws {
        try write(["a": "one", "b": "two"])
        #expect(try decoded(examine(["a", "b"])) == [1, 2])
        #expect(try decoded(examine(["b"], examination: "others")) == [1])
        // And knows both.
        #expect(try decoded(examine(["b"], examination: "others")) == [1])
    }

    @Test func remembersWhatKillsWorkersButNotWhatTheMachineMayHaveDone() throws {
        try write(["a": "crash", "b": "spin", "c": "hang", "d": "killed", "e": "frames for ever"])
        let expected: [ItemFailure.Reason] = [.decoderCrashed, .tooSlow, .tooSlow, .decoderCrashed, .tooSlow]
        for _ in 0..<2 {
            let reasons: [ItemFailure.Reason?] = try examine(["a", "b", "c", "d", "e"]).map {
                if case .failure(let failure, _) = $0.content { failure.reason } else { nil }
            }
            #expect(reasons == expected)
            let kept = try DatabaseQueue(path: path).read {
                try String.fetchAll($0, sql: "SELECT reason FROM content ORDER BY reason")
            }
            #expect(kept == ["decoderCrashed", "tooSlow"])
        }
    }

    @Test func replacesWorkersNowAndThen() throws {
        try write(Dictionary(uniqueKeysWithValues: (0..<7).map { ("f\($0)", "text \($0)") }))
        #expect(try decoded(examine((0..<7).map { "f\($0)" }, itemsPerWorker: 3)) == [1, 2, 3, 1, 2, 3, 1])
    }

    @Test func isReadableByItsOwnerAlone() throws {
        try write(["a": "one"])
        _ = try examine(["a"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func refusesWhatIsNoLedger() throws {
        let text = try folder.write(Data("a text that is certainly no database".utf8), to: "text").path
        #expect(throws: LedgerError.notALedger(path: text)) { try Ledger(path: text, examination: "x") }
        let other = folder.path + "/other"
        try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        #expect(throws: LedgerError.notALedger(path: other)) { try Ledger(path: other, examination: "x") }
        #expect(throws: LedgerError.missing(path: "/no/ledger")) { try Ledger(path: "/no/ledger", examination: nil) }
    }

    /// A value that changed on the disk is not believed.
    @Test(arguments: [
        "UPDATE feature SET hash = zeroblob(32)", "UPDATE content SET width = 77",
        "UPDATE item SET contentID = 2 WHERE contentID = 1",
        "UPDATE content SET verdict = 'undecodable', reason = 'corrupt'",
    ])
    func noticesChangedRows(sql: String) throws {
        try write(["a": "one", "b": "two"])
        _ = try examine(["a", "b"])
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        let error = try #require(throws: LedgerError.self) { try examine(["a", "b"]) }
        guard case .damaged = error else {
            Issue.record("\(error)")
            return
        }
    }

    /// What other settings gave is not taken for what these would give.
    @Test func noticesRowsThatPassForThoseOfOtherSettings() throws {
        try write(["a": "one"])
        _ = try examine(["a"], examination: "others")
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "INSERT INTO settings (id, digest) VALUES (2, 'settings')")
            try db.execute(sql: "UPDATE content SET settingsID = 2")
        }
        let error = try #require(throws: LedgerError.self) { try examine(["a"]) }
        guard case .damaged = error else {
            Issue.record("\(error)")
            return
        }
    }

    /// The clock of the system, or of the server that files come from, may stand anywhere and jump back: a stamp
    /// is compared with nothing but itself.
    @Test func goesByTheSameStampAloneWhateverTheClockSays() throws {
        try write(["future": "one", "past": "two", "now": "three"])
        func touch(_ name: String, seconds: Int) throws {
            var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 123)]
            try #require(utimensat(AT_FDCWD, folder.path + "/" + name, &times, 0) == 0)
        }
        try touch("future", seconds: 4_000_000_000)  // 2096
        try touch("past", seconds: -300_000_000)  // 1960
        let names = ["future", "past", "now"]
        let first = try examine(names)
        #expect(decoded(first) == [1, 2, 3])
        // Were one of them decoded again, it would be its worker's first.
        #expect(try examine(names.reversed()) == first.reversed())

        // New bytes of the same length under an older stamp than the one that was examined.
        for (name, text, seconds) in [("future", "new", 4_000_000_000 - 1), ("past", "old", -300_000_001)] {
            let file = try FileHandle(forWritingTo: folder.appending(name))
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
            try touch(name, seconds: seconds)
        }
        #expect(try decoded(examine(names)) == [1, 2, 3])
        #expect(try examine(["future"])[0].item.sha256 != first[0].item.sha256)
    }
}

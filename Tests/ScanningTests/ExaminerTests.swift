import Foundation
import MediaModel
import MediaSources
import Scanning
import TestSupport
import Testing

@Suite struct ExaminerBehaviour {
    private let folder = TemporaryFolder()

    private func settings(workers: Int = 2, seconds: Int = 1, memory: Int = 1 << 30) -> Examiner.Settings {
        Examiner.Settings(
            workerExecutable: Paths.product("misbehaving-worker").path, workers: workers,
            limits: ItemLimits(memory: memory, seconds: seconds, wallSeconds: 2 * seconds))
    }

    private func examine(_ contents: [String], _ settings: Examiner.Settings? = nil) throws -> [Examination] {
        let items = try contents.enumerated().map { number, text in
            let file = try folder.write(Data(text.utf8), to: "\(number)")
            return SourceItem(provenance: Provenance(path: Array(file.path.utf8)))
        }
        var found: [Examination] = []
        let isComplete = try Examiner(settings: settings ?? self.settings()).run(
            items.makeIterator(), stop: StopFlag(), process: { examination, _ in examination },
            deliver: { found.append($0) })
        #expect(isComplete)
        #expect(found.map(\.item.provenance) == items.map(\.provenance), "in the items' order")
        return found
    }

    private func reasons(_ examinations: [Examination]) -> [ItemFailure.Reason?] {
        examinations.map { if case .failure(let failure, _) = $0.content { failure.reason } else { nil } }
    }

    @Test func replacesAWorkerThatDies() throws {
        let found = try examine(["good", "crash", "good", "exit", "good"])
        #expect(reasons(found) == [nil, .decoderCrashed, nil, .decoderCrashed, nil])
        // The bytes were digested all the same.
        #expect(found[1].item.sha256?.description == "cdb2e0d0f873ce5326e87cf7dec48de8da3043cfc950a7eba05a059150e873f5")
        if case .failure(let failure, _) = found[1].content { #expect(failure.detail.contains("signal 6")) }
        if case .failure(let failure, _) = found[3].content { #expect(failure.detail.contains("exit code 3")) }
    }

    /// Small items go to a worker together; which of them it died on must not matter to the others.
    @Test(.timeLimit(.minutes(5))) func losesOneItemOfABatch() throws {
        let contents = (0..<200).map { i in
            switch i {
            case 70, 71, 150: "crash"
            case 100: "hang"
            case 120: "nonsense"
            case 130: "spin"
            default: "good \(i)"
            }
        }
        let found = reasons(try examine(contents, settings(workers: 1)))
        for (i, reason) in found.enumerated() {
            switch i {
            case 70, 71, 120, 150: #expect(reason == .decoderCrashed)
            case 100, 130: #expect(reason == .tooSlow)
            default: #expect(reason == nil, "item \(i)")
            }
        }
    }

    /// A worker may have been spoiled by an item before: a fresh one gets a try.
    @Test func triesASecondWorker() throws {
        let found = try examine(["good", "crash when used", "good"], settings(workers: 1))
        #expect(reasons(found) == [nil, nil, nil])
    }

    @Test(.timeLimit(.minutes(5))) func killsAWorkerThatHangs() throws {
        let found = try examine(["good", "hang", "good"])
        #expect(reasons(found) == [nil, .tooSlow, nil])
        if case .failure(let failure, _) = found[1].content { #expect(failure.verdict == .overLimit) }
    }

    @Test func doesNotBelieveNonsense() throws {
        let found = try examine(["nonsense", "good", "flood", "good"])
        #expect(reasons(found) == [.decoderCrashed, nil, .decoderCrashed, nil])
    }

    /// What the first worker can't decode, the further one does; who dies or errs there costs one item there.
    @Test(arguments: [1, 3]) func asksTheFurtherWorkerForWhatIsReferred(workers: Int) throws {
        var settings = settings(workers: workers)
        let programs = folder.appending("programs")
        try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: false)
        for name in ["first", "first-av"] {
            try FileManager.default.createSymbolicLink(
                at: programs.appending(path: name), withDestinationURL: Paths.product("misbehaving-worker"))
        }
        settings.workerExecutable = programs.path + "/first"
        let contents = (0..<120).map { i in
            switch i {
            case 40: "refer, then crash"
            case 50: "always refer"
            case 70: "crash"
            default: i % 7 == 0 ? "refer" : "good \(i)"
            }
        }
        let found = try reasons(examine(contents, settings))
        for (i, reason) in found.enumerated() {
            #expect(reason == ([40, 50, 70].contains(i) ? .decoderCrashed : nil), "item \(i)")
        }
    }

    @Test func saysThatTheFurtherWorkerIsMissing() throws {
        #expect {
            try examine(["good", "refer"])
        } throws: { error in
            (error as? WorkerStartError)?.description.contains("misbehaving-worker-av") == true
        }
    }

    @Test func keepsTheOrderWhenSomeAreSlow() throws {
        let contents = (0..<300).map { $0 % 97 == 0 ? "slow" : "good" }
        #expect(try reasons(examine(contents, settings(workers: 4))).allSatisfy { $0 == nil })
    }

    @Test func recordsWhatCanNotBeOpened() throws {
        let items = [
            SourceItem(provenance: Provenance(path: Array((folder.path + "/gone").utf8))),
            SourceItem(provenance: Provenance(path: Array(folder.path.utf8))),
        ]
        var found: [Examination] = []
        _ = try Examiner(settings: settings()).run(
            items.makeIterator(), stop: StopFlag(), process: { examination, _ in examination },
            deliver: { found.append($0) })
        #expect(reasons(found) == [.unreadable, .notAFile])
    }

    @Test(.timeLimit(.minutes(5))) func stopsSoonAndInOrder() throws {
        let stop = StopFlag()
        let file = try folder.write(Data("slow".utf8), to: "slow").path
        let hang = try folder.write(Data("hang".utf8), to: "hang").path
        // Endless work, and one item that will never be done.
        var number = 0
        let items = AnyIterator<SourceItem> {
            number += 1
            return SourceItem(provenance: Provenance(path: Array((number == 8 ? hang : file).utf8)))
        }
        var delivered = 0
        let clock = ContinuousClock()
        var stopped = clock.now
        let isComplete = try Examiner(settings: settings(seconds: 1000)).run(
            items, stop: stop, process: { examination, _ in examination },
            deliver: { _ in
                delivered += 1
                if delivered == 5 {
                    stop.request()
                    stopped = clock.now
                }
            })
        #expect(!isComplete)
        #expect((5...7).contains(delivered))
        #expect(clock.now - stopped < .seconds(5))
    }

    @Test func endsWithTheErrorOfWhoeverTakesTheResults() throws {
        struct Full: Error {}
        let file = try folder.write(Data("good".utf8), to: "good").path
        let items = (0..<1000).map { _ in SourceItem(provenance: Provenance(path: Array(file.utf8))) }
        #expect(throws: Full.self) {
            try Examiner(settings: settings()).run(
                items.makeIterator(), stop: StopFlag(), process: { examination, _ in examination },
                deliver: { _ in throw Full() })
        }
    }

    @Test func saysWhyNoWorkerStarts() throws {
        func start(_ executable: String) throws {
            var settings = settings()
            settings.workerExecutable = executable
            _ = try Examiner(settings: settings).run(
                [SourceItem]().makeIterator(), stop: StopFlag(), process: { examination, _ in examination },
                deliver: { _ in })
        }
        #expect(throws: WorkerStartError.self) { try start("/nowhere/worker") }
        #expect(throws: WorkerStartError.self) { try start("/bin/true") }
    }
}

@Suite struct RealWorkers {
    /// The worker under its own lockdown decodes what the sample media hold.
    @Test func hashTheSampleMedia() throws {
        let paths = [Array(Paths.sampleMedia.appending(path: "reference").path.utf8)]
        let settings = Examiner.Settings(
            workerExecutable: Paths.product("ansim-worker").path, workers: 2, wanted: .reference)
        var pictures = 0
        _ = try Examiner(settings: settings).run(
            FolderWalk(paths), stop: StopFlag(), process: { examination, _ in examination }
        ) { examination in
            guard case .picture(let facts, let hashes) = examination.content else {
                Issue.record("\(examination)")
                return
            }
            pictures += 1
            #expect(hashes.count == 33)
            #expect(facts.quality >= .usualGate && !facts.isDegenerate && facts.damage == nil)
        }
        #expect(pictures >= 8)
    }

    /// The further worker could do it all; that the first one does most of it shows nowhere. Every item twice, so that
    /// a ledger has something to skip.
    @Test(.timeLimit(.minutes(5)), arguments: [false, true]) func agreeWhicheverIsAskedFirst(hasLedger: Bool) throws {
        let (folder, ledgers) = (TemporaryFolder(), TemporaryFolder())
        for tests in ["DecodingTests", "VideoTests"] {
            let fixtures = Paths.root.appending(path: "Tests/\(tests)/Fixtures")
            for copy in ["a", "b"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(copy), withIntermediateDirectories: true)
                try FileManager.default.copyItem(at: fixtures, to: folder.appending("\(copy)/\(tests)"))
            }
        }
        func examine(_ worker: String) throws -> [Examination] {
            var settings = Examiner.Settings(
                workerExecutable: Paths.product(worker).path, workers: 2, precision: .fast)
            settings.leastFrameDistance = 4
            let ledger = try hasLedger ? Ledger(path: ledgers.path + "/\(worker)", examination: "x") : nil
            var found: [Examination] = []
            let isComplete = try Examiner(settings: settings, ledger: ledger).run(
                FolderWalk([Array(folder.path.utf8)]), stop: StopFlag(), process: { examination, _ in examination },
                deliver: { found.append($0) })
            #expect(isComplete)
            return found
        }
        let (both, further) = try (examine("ansim-worker"), examine("ansim-worker-av"))
        #expect(both.count > 100 && both == further)
    }

    /// Every decoding fixture, cut at many places and with changed bytes: each ends in a result that its worker gave.
    @Test(.timeLimit(.minutes(5))) func surviveMutilatedFiles() throws {
        let fixtures = Paths.root.appending(path: "Tests/DecodingTests/Fixtures")
        let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.path).sorted()
        let folder = TemporaryFolder()
        var files = 0
        for name in names where name != "expected.json" && name != "README.md" {
            let whole = try [UInt8](Data(contentsOf: fixtures.appending(path: name)))
            guard (1...40_000).contains(whole.count) else { continue }
            var random = SeededGenerator(seed: UInt64(whole.count))
            for round in 0..<16 {
                var bytes = whole
                if round % 2 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
                for _ in 0..<round / 2 where !bytes.isEmpty {
                    bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                try folder.write(bytes, to: "\(round)/\(name)")
                files += 1
            }
        }
        let settings = Examiner.Settings(
            workerExecutable: Paths.product("ansim-worker").path, workers: 2,
            limits: ItemLimits(pixels: 4_000_000, memory: 256 << 20, seconds: 10))
        var examined = 0
        let isComplete = try Examiner(settings: settings).run(
            FolderWalk([Array(folder.path.utf8)]), stop: StopFlag(), process: { examination, _ in examination }
        ) { examination in
            examined += 1
            #expect(examination.item.sha256 != nil)
            if case .failure(let failure, _) = examination.content, failure.reason == .decoderCrashed {
                // A codec may break, but it has to be known.
                Issue.record("\(examination.item.provenance.displayPath): \(failure.detail)")
            }
        }
        #expect(isComplete && examined == files)
    }
}

import Foundation
import GRDB
import TestSupport
import Testing

@Suite struct LedgerRuns {
    private let ansim = Tool()
    private var output: String { ansim.folder.path + "/records.jsonl" }
    private var ledger: String { output + ".ledger" }

    /// Kills, the files that are scanned, and how deep; at "quick" much of a scan is its ledger.
    private static let kills = setting("ANSIM_KILLS").flatMap { Int($0) } ?? 20
    private static let files = setting("ANSIM_KILL_FILES").flatMap { Int($0) } ?? 400
    private static let depth = setting("ANSIM_KILL_DEPTH") ?? "full"

    private static func setting(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    /// The crawl's files many times over, each with bytes of its own.
    private func manyFiles(_ count: Int) throws -> String {
        let names = ExpectedFile.all.map(\.file)
        for number in 0..<count {
            let name = names[number % names.count]
            var data = try Data(contentsOf: URL(filePath: ansim.crawl + "/" + name))
            data.append(Data("\n\(number)".utf8))
            try ansim.folder.write(data, to: "many/\(number % 7)/\(number).\(name.split(separator: ".").last!)")
        }
        return ansim.folder.path + "/many"
    }

    /// Some kills, a run to the end on what they left, and again: loose files and an archive.
    @Test(.timeLimit(.minutes(30))) func endWithTheSameRecordsHoweverOftenTheyAreKilled() throws {
        try ansim.registerSamples()
        let many = try manyFiles(Self.files)
        _ = try run(URL(filePath: "/bin/tar"), ["-C", many, "-cf", many + "/3/some.tar", "1", "2"])
        let start = ContinuousClock.now
        let scan = ["scan", "--all", "--quiet", "--depth", Self.depth]
        let whole = try ansim(scan + [many]).output
        let duration = (ContinuousClock.now - start) / .seconds(1)
        #expect(whole.split(separator: "\n").count > Self.files)

        var random = SeededGenerator(seed: 17)
        var (kills, metAScan) = (0, 0)
        while kills < Self.kills {
            // What is left gets shorter with each.
            for number in 1...Int.random(in: 1...4, using: &random) {
                let moment = Double.random(in: 0...duration / Double(number), using: &random)
                let result = try run(
                    URL(filePath: "/bin/bash"),
                    [
                        "-c",
                        "\"$0\" \"${@:3}\" --output \"$1\" \"$2\" & sleep \(moment); kill -9 $!; wait $!",
                        Paths.product("ansim").path, output, many,
                    ] + scan, environment: ["ANSIM_REGISTRY": ansim.registry])
                kills += 1
                if result.status == 128 + SIGKILL { metAScan += 1 }
            }
            let last = try ansim(scan + ["--output", output, many])
            #expect(last.status == 2)
            #expect(try String(contentsOfFile: output, encoding: .utf8) == whole, "after \(kills) kills")
            for file in [output, ledger] { try FileManager.default.removeItem(atPath: file) }
            if Self.setting("ANSIM_KILLS") != nil { print("\(kills) kills, \(metAScan) of them met a scan") }
        }
        #expect(metAScan * 2 > kills, "only \(metAScan) of \(kills) kills met a scan")
    }

    @Test func givesTheSameRecordsFromTheLedgerAsFromTheFiles() throws {
        try ansim.registerSamples()
        let fresh = try ansim("scan", "--all", ansim.crawl).output
        for _ in 0..<3 {
            #expect(try ansim("scan", "--all", "--output", output, ansim.crawl).status == 2)
            #expect(try String(contentsOfFile: output, encoding: .utf8) == fresh)
        }
        // Settings that decide over matches do not need the files; the ledger knows the hashes.
        let strict = try ansim("scan", "--threshold", "0", ansim.crawl).output
        #expect(try ansim("scan", "--threshold", "0", "--ledger", ledger, ansim.crawl).output == strict)
    }

    @Test func findLastMonthsCopiesOfWhatIsRegisteredToday() throws {
        try ansim("register", "--case", "old", ansim.reference + "/coffee.jpg")
        // A ledger of fast hashes could not be confirmed without the media, so distances would differ by a few bits.
        #expect(try ansim("scan", "--exact", "--output", output, ansim.crawl).status == 2)
        try ansim("register", "--case", "new", ansim.reference)
        let scan = try ansim("scan", "--exact", ansim.crawl).records.filter { $0["kind"] as? String == "match" }
        let rematch = try ansim("rematch", "--ledger", ledger).records.filter { $0["kind"] as? String == "match" }
        func keys(_ records: [[String: Any]]) -> Set<String> {
            Set(
                records.map {
                    "\($0["path"]!) \($0["reference"]!) \($0["distance"]!) \($0["orientation"]!) \($0["found"]!)"
                })
        }
        #expect(keys(rematch) == keys(scan) && rematch.count == scan.count && rematch.count > 30)
        let new = try ansim("rematch", "--ledger", ledger, "--case", "new").records
        #expect(new.filter { $0["kind"] as? String == "match" }.allSatisfy { $0["case"] as? String == "new" })
        #expect(try ansim("rematch", "--ledger", ledger, "--case", "none").status == 1)
        #expect(try ansim("rematch", "--ledger", ledger, "--fail-on-match").status == 10)
        #expect(try ansim("rematch", "--ledger", ansim.folder.path + "/none").errors.contains("There is no ledger at"))
    }

    /// Matches follow from the registry: what is removed there is nowhere else.
    @Test func holdNothingOfACase() throws {
        try ansim("register", "--case", "withdrawn-case", "--keep-names", ansim.reference)
        #expect(try ansim("scan", "--output", output, ansim.crawl).status == 2)
        let files = [ledger, ledger + "-wal"].compactMap { FileManager.default.contents(atPath: $0) }
        for data in files {
            #expect(data.range(of: Data("withdrawn-case".utf8)) == nil)
        }
        let tables = try DatabaseQueue(path: ledger).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        #expect(
            Set(tables).subtracting(["grdb_migrations", "sqlite_sequence"]) == [
                "settings", "details", "content", "feature", "frames", "frameDetails", "item", "unexamined",
            ])
        try ansim("registry", "remove", "--case", "withdrawn-case")
        #expect(try ansim("rematch", "--ledger", ledger).records.count == 1)
    }

    /// Bits that flip on the disk are found, or change nothing; never a record that is not true.
    @Test func noticeFlippedBits() throws {
        try ansim.registerSamples()
        let whole = try ansim("scan", "--all", ansim.crawl).output
        try ansim("scan", "--output", output, ansim.crawl)
        let sound = try Data(contentsOf: URL(filePath: ledger))
        var random = SeededGenerator(seed: 23)
        var noticed = 0
        for _ in 0..<40 {
            var damaged = sound
            for _ in 0..<6 {
                damaged[Int.random(in: damaged.indices, using: &random)] ^= UInt8(
                    1 << Int.random(in: 0..<8, using: &random))
            }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: ledger + suffix) }
            try damaged.write(to: URL(filePath: ledger))
            let result = try ansim("scan", "--all", "--ledger", ledger, ansim.crawl)
            if result.status == 1 {
                noticed += 1
                #expect(result.errors.contains("ledger"), "\(result.errors)")
            } else {
                #expect(result.output == whole)
            }
        }
        #expect(noticed > 5)
    }

    @Test func keepWhatFittedWhenTheDiskIsFull() throws {
        try ansim.registerSamples()
        let many = try manyFiles(300)
        let limited = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c", "ulimit -f 96; exec \"$0\" scan --all --output \"$1\" \"$2\"", Paths.product("ansim").path,
                output, many,
            ],
            environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(limited.status == 1 && limited.errors.contains("is full"), "\(limited.errors)")
        #expect(try ansim("scan", "--all", "--output", output, many).status == 2)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == ansim("scan", "--all", many).output)
    }

    @Test func tellRematchesWhatAQuickScanDidNotLookFor() throws {
        try ansim.registerSamples()
        let ledger = ansim.folder.path + "/l"
        let board = ansim.crawl + "/board"
        _ = try ansim("scan", "--quiet", "--depth", "quick", "--ledger", ledger, board)
        #expect(
            try ansim("rematch", "--ledger", ledger).errors.contains("the ledger has only the whole (--depth quick)"))
        #expect(try !ansim("rematch", "--depth", "quick", "--ledger", ledger).errors.contains("only the whole"))
        _ = try ansim("scan", "--quiet", "--ledger", ledger + "2", board)
        #expect(try !ansim("rematch", "--ledger", ledger + "2").errors.contains("only the whole"))
    }
}

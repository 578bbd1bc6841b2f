import Foundation
import TestSupport
import Testing

@Suite struct Lists {
    private let ansim = Tool()

    private func hashes(_ paths: String...) throws -> String { try ansim(["hash"] + paths).output }

    private func matches(_ result: CommandResult) throws -> [String] {
        try result.records.filter { $0["kind"] as? String == "match" }.compactMap { $0["path"] as? String }
    }

    /// Upright, mirrored and turned copies are found by a hash alone.
    @Test func ofHashesFindCopiesInAllOrientations() throws {
        let list = try ansim.folder.write(Data(("hash,quality,label\n" + hashes(ansim.reference)).utf8), to: "list.csv")
        let result = try ansim("registry", "import", "--case", "list", list.path)
        #expect(result.status == 0 && result.output == "Case list: 10 added.\n", "\(result.errors)")
        let found = try matches(ansim("scan", "--quiet", "--depth", "quick", ansim.crawl))
        let registered = Tool()
        try registered.registerSamples()
        let expected = try matches(registered("scan", "--quiet", "--depth", "quick", ansim.crawl))
        // Nothing else than by the pictures themselves, and nearly as much.
        #expect(
            Set(found).isSubset(of: expected) && found.count >= expected.count - 3,
            "\(found.count) of \(expected.count)")
        let shown = try ansim("registry", "show", "1").output
        #expect(shown.contains("imported    pdq") && shown.contains("hashes      8") && !shown.contains("sha256"))
        #expect(try ansim("registry", "verify").output == "The registry is sound.\n")
        // The same list twice adds nothing.
        #expect(
            try ansim("registry", "import", "--case", "list", list.path).output == "Case list: 0 added, 10 known.\n")
    }

    @Test func surviveTheRoundTrip() throws {
        try ansim.registerSamples()
        for format in ["csv", "jsonl", "threatexchange", "ncmec", "stopncii"] {
            let exported = try ansim("registry", "export", "--case", "demo", "--format", format)
            #expect(exported.status == 0 && exported.lines.count >= 10)
            // There a file's digest is an indicator of its own.
            let count = format == "threatexchange" ? 20 : 10
            let list = try ansim.folder.write(Data(exported.output.utf8), to: "list.\(format)")
            #expect(
                try ansim("registry", "import", "--case", format, list.path).output
                    == "Case \(format): \(count) added.\n")
        }
        let own = try hashes(ansim.reference).split(separator: "\n").map { $0.split(separator: ",")[0] }
        for format in ["csv", "jsonl", "threatexchange", "ncmec", "stopncii"] {
            let again = try ansim("registry", "export", "--case", format).lines.map { $0.split(separator: ",")[0] }
            #expect(again == own, "\(format)")
        }
    }

    @Test func ofDigestsFindTheSameFile() throws {
        let sums = try run(URL(filePath: "/usr/bin/sha256sum"), [ansim.crawl + "/board/0014.png"]).output.prefix(64)
        let list = try ansim.folder.write(Data((sums + ",,plain\r\n").utf8), to: "sums.csv")
        #expect(try ansim("registry", "import", "--case", "sums", "--digests", "--keep-labels", list.path).status == 0)
        let result = try ansim("scan", "--quiet", ansim.crawl)
        #expect(try matches(result) == [ansim.crawl + "/board/0014.png"])
        #expect(try ansim("registry", "show", "1").output.contains("file name   plain"))
        #expect(try ansim("registry", "export", "--case", "sums", "--digests").output.hasPrefix(sums))
    }

    @Test func tellWhatTheyLeaveOut() throws {
        let good = try hashes(ansim.reference + "/coffee.jpg").prefix(64)
        let lines = [
            String(good), "nonsense", good + ",101,x", String(repeating: "0", count: 64), good.dropLast() + "0,49,x",
            #"{"pdq":"\#(good)","quality":90,"label":"again","tags":["a"]}"#, #"{"pdq":"\#(good)""#, "",
        ].map { String($0) }
        let list = try ansim.folder.write(Data(lines.joined(separator: "\n").utf8), to: "bad.csv")
        let result = try ansim("registry", "import", "--case", "bad", list.path)
        #expect(result.status == 2 && result.output == "Case bad: 1 added, 1 known.\n")
        #expect(result.errors.contains("2 hashes have a low quality") && result.errors.contains("3 of 7 entries"))
        #expect(result.errors.contains("Lines 2 to 3 of ") && result.errors.contains("Line 7 of "))
    }

    /// What a list has no more, or calls withdrawn, is gone; what another list has stays.
    @Test func takeBackWhatWasWithdrawn() throws {
        let lines = try hashes(ansim.reference).split(separator: "\n").map { String($0.prefix(64)) }
        func record(_ hash: String, _ state: String) -> String {
            #"{"hashValue":"\#(hash)","signalType":"ImagePDQ","hashStatus":"\#(state)","caseNumbers":{}}"#
        }
        func write(_ name: String, _ text: String) throws -> String {
            try ansim.folder.write(Data(text.utf8), to: name).path
        }
        func importing(_ name: String, _ text: String, _ options: String...) throws -> CommandResult {
            try ansim(
                ["registry", "import", "--case", "list", "--name", name] + options
                    + [write("\(name).txt", text)])
        }
        let records = lines.map { record($0, "Active") }
        #expect(
            try importing("stop", #"{"hashRecords":[\#(records.joined(separator: ","))]}"#).output
                == "Case list: 10 added.\n")
        #expect(try importing("other", lines[2] + "\n").output == "Case list: 0 added, 1 known.\n")
        let ledger = ansim.folder.path + "/ledger"
        let before = try matches(ansim("scan", "--quiet", "--depth", "quick", "--ledger", ledger, ansim.crawl))
        #expect(try ansim("registry", "show", "1").output.contains("list        stop: unconfirmed"))

        // 0 is withdrawn, 1 and 2 are gone, 2 is on the other list.
        let less = ([record(lines[0], "Withdrawn")] + records[3...]).joined(separator: "\n")
        let sync = try importing("stop", less)
        #expect(sync.status == 0 && sync.output == "Case list: 0 added, 7 known, 2 removed.\n", "\(sync.errors)")
        #expect(sync.errors.contains("1 entry is withdrawn."))
        let left = try ansim("registry", "export", "--case", "list").lines.map { String($0.prefix(64)) }
        #expect(Set(left) == Set(lines[2...]))
        let after = try matches(ansim("scan", "--quiet", "--depth", "quick", ansim.crawl))
        #expect(after.count < before.count && Set(after).isSubset(of: before))
        #expect(try matches(ansim("rematch", "--quiet", "--depth", "quick", "--ledger", ledger)).count == after.count)

        // Changes only: what they lack stays.
        let changes = try importing("stop", record(lines[3], "Deleted"), "--update")
        #expect(changes.output == "Case list: 0 added, 1 removed.\n")
        // A list that can't be read in full removes nothing that it may still have.
        let broken = try importing("stop", records[4] + "\nnonsense\n")
        #expect(broken.status == 2 && broken.output == "Case list: 0 added, 1 known.\n")
        #expect(broken.errors.contains("5 references that the list had before"))
        // One that is cut off changes nothing, an empty one only if that is meant.
        let cut = try importing("stop", "[" + records[0] + ",")
        #expect(cut.status == 1 && cut.errors.contains("Nothing was changed."))
        #expect(try importing("stop", "").status == 1)
        #expect(try importing("stop", "", "--allow-empty").output == "Case list: 0 added, 6 removed.\n")
        #expect(try ansim("registry", "export", "--case", "list").lines.count == 1)
        #expect(try ansim("registry", "verify").output == "The registry is sound.\n")
    }

    /// What was registered from media stays, whatever a list says.
    @Test func leaveOwnReferencesAlone() throws {
        try ansim.registerSamples()
        let sum = try run(URL(filePath: "/usr/bin/sha256sum"), [ansim.reference + "/coffee.jpg"]).output.prefix(64)
        let list = try ansim.folder.write(Data((sum + "\n").utf8), to: "sums.txt").path
        let arguments = ["registry", "import", "--case", "demo", "--digests", "--name", "sums"]
        #expect(try ansim(arguments + [list]).output == "Case demo: 1 added.\n")
        let empty = try ansim.folder.write(Data(), to: "empty.txt").path
        #expect(try ansim(arguments + ["--allow-empty", empty]).output == "Case demo: 0 added, 1 removed.\n")
        #expect(try ansim("registry", "list", "--case", "demo").lines.count == 10)
    }

    @Test(arguments: [("md5sum", 32), ("sha1sum", 40)])
    func ofOldDigestsFindTheSameFile(tool: String, digits: Int) throws {
        let file = ansim.crawl + "/board/0014.png"
        let sums = try run(URL(filePath: "/usr/bin/\(tool)"), [file]).output
        // With ledgers from before, and without.
        let (ledger, plainLedger) = (ansim.folder.path + "/ledger", ansim.folder.path + "/plain")
        _ = try ansim("register", "--case", "x", ansim.reference + "/coffee.jpg")
        _ = try ansim("scan", "--quiet", "--depth", "quick", "--ledger", ledger, "--ledger-digests", ansim.crawl)
        _ = try ansim("scan", "--quiet", "--depth", "quick", "--ledger", plainLedger, ansim.crawl)
        let list = try ansim.folder.write(Data(sums.utf8), to: "sums.txt").path
        #expect(try ansim("registry", "import", "--case", "sums", list).output == "Case sums: 1 added.\n")
        for arguments in [
            ["scan", "--quiet", "--depth", "quick", ansim.crawl],
            ["scan", "--quiet", "--depth", "quick", "--ledger", ledger, ansim.crawl],
            ["scan", "--quiet", "--depth", "quick", "--ledger", plainLedger, ansim.crawl],
            ["rematch", "--quiet", "--depth", "quick", "--ledger", ledger],
        ] {
            let found = try ansim(arguments).records.filter { $0["case"] as? String == "sums" }
            #expect(found.count == 1 && found.first?["found"] as? String == "bytes")
            #expect(found.first?[tool == "md5sum" ? "md5" : "sha1"] as? String == String(sums.prefix(digits)))
        }
        #expect(try ansim("registry", "export", "--case", "sums", "--digests").output.hasPrefix(sums.prefix(digits)))

        // A ledger without these digests can't be searched by them, and says so, until they were added.
        let rematch = ["rematch", "--depth", "quick", "--case", "sums", "--ledger", plainLedger]
        let blind = try ansim(rematch)
        #expect(try blind.records.allSatisfy { $0["kind"] as? String != "match" })
        #expect(blind.errors.contains("--ledger-digests"))
        _ = try ansim(
            "scan", "--quiet", "--depth", "quick", "--ledger", plainLedger, "--ledger-digests", ansim.crawl)
        #expect(try ansim(rematch).records.filter { $0["kind"] as? String == "match" }.count == 1)
    }

    @Test(arguments: ["vpdq", "vpdq-json"]) func ofVideosFindThem(form: String) throws {
        let path = Paths.root.appending(path: "Tests/CommandTests/Fixtures/pan.mp4").path
        let text = try ansim("hash", "--format", "vpdq", path).output
        let first = try ansim.folder.write(Data(text.utf8), to: "video.txt").path
        #expect(try ansim("registry", "import", "--case", "video", first).output == "Case video: 1 added.\n")
        let exported = try ansim("registry", "export", "--case", "video", "--format", form).output
        let list = try ansim.folder.write(Data(exported.utf8), to: "list.\(form)").path
        let other = Tool()
        #expect(try other("registry", "import", "--case", "again", list).output == "Case again: 1 added.\n")
        for tool in [ansim, other] {
            let found = try tool("scan", "--quiet", "--depth", "quick", path).records.filter {
                $0["kind"] as? String == "match"
            }
            #expect(found.count == 1 && found.first?["found"] as? String == "video", "\(found)")
        }
    }
}

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
        for format in ["csv", "jsonl"] {
            let exported = try ansim("registry", "export", "--case", "demo", "--format", format)
            #expect(exported.status == 0 && exported.lines.count == 10)
            let list = try ansim.folder.write(Data(exported.output.utf8), to: "list.\(format)")
            #expect(
                try ansim("registry", "import", "--case", format, list.path).output == "Case \(format): 10 added.\n")
        }
        let first = try ansim("registry", "export", "--case", "csv").lines.map { $0.split(separator: ",")[0] }
        #expect(try first == hashes(ansim.reference).split(separator: "\n").map { $0.split(separator: ",")[0] })
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
        #expect(result.errors.contains("2 hashes have a low quality") && result.errors.contains("3 of 7 lines"))
        #expect(result.errors.contains("Line 2 is no hash."))
    }
}

import Foundation
import TestSupport
import Testing

/// Videos through the whole tool, with the clips of the decoding tests: the same few seconds in many codecs.
@Suite struct Videos {
    private let ansim = Tool()
    private let clips = Paths.root.appending(path: "Tests/VideoTests/Fixtures").path

    private func matches(_ arguments: [String]) throws -> [[String: Any]] {
        try ansim(arguments).records.filter { $0["kind"] as? String == "match" }
    }

    @Test func areFoundInOtherCodecsAndTheirTimesToo() throws {
        try ansim("register", "--case", "clip", clips + "/h264-open-group.mp4")
        let found = try matches(["scan", "--quiet", "--frames", "thorough", clips + "/hevc-open-group.mp4"])
        let match = try #require(found.first)
        #expect(match["found"] as? String == "video" && match["case"] as? String == "clip")
        let segment = try #require((match["segments"] as? [[String: Any]])?.first)
        #expect(abs((segment["speed"] as! Double) - 1) < 0.1)
        #expect((segment["to"] as! Int) > (segment["from"] as! Int))
    }

    @Test(arguments: ["keyframes", "thorough", "every"]) func giveTheSameRecordsEveryTime(mode: String) throws {
        try ansim("register", "--case", "clip", clips + "/h264-long-group.mkv")
        let first = try ansim("scan", "--all", "--quiet", "--frames", mode, clips)
        #expect(try ansim("scan", "--all", "--quiet", "--frames", mode, "--workers", "3", clips).output == first.output)
        #expect(try first.records.contains { $0["kind"] as? String == "match" && $0["found"] as? String == "bytes" })
    }

    @Test func areRememberedAndMatchedAgain() throws {
        let ledger = ansim.folder.path + "/ledger"
        try ansim("register", "--case", "old", ansim.reference + "/coffee.jpg")
        let first = try ansim("scan", "--all", "--frames", "every", "--ledger", ledger, clips)
        #expect(try ansim("scan", "--all", "--frames", "every", "--ledger", ledger, clips).output == first.output)
        try ansim("register", "--case", "new", clips + "/h264-open-group.mp4")
        let fresh = try matches(["scan", "--quiet", "--frames", "every", "--no-ledger", clips])
        let again = try matches(["rematch", "--ledger", ledger, "--case", "new"])
        func keys(_ records: [[String: Any]]) -> Set<String> {
            Set(records.map { "\($0["path"]!) \($0["reference"]!) \($0["found"]!) \($0["distance"]!)" })
        }
        #expect(keys(again) == keys(fresh) && !fresh.isEmpty)
    }

    @Test func areExplainedByCompare() throws {
        let same = try ansim(
            "compare", "--frames", "every", clips + "/h264-open-group.mp4", clips + "/hevc-open-group.mp4")
        #expect(same.output.contains("Match: B shows A") && same.output.contains("█"))
        let other = try ansim("compare", clips + "/h264-open-group.mp4", ansim.reference + "/coffee.jpg")
        #expect(other.output.contains("No match"))
    }

    @Test func areCountedByVPDQsRuleToo() throws {
        let (a, b) = (clips + "/h264-open-group.mp4", clips + "/hevc-open-group.mp4")
        let same = try ansim("compare", "--rule", "vpdq", a, a)
        #expect(same.status == 0 && same.output.contains("100.0 % of A's frames (7 of 7"))
        #expect(same.output.contains("100.0 % of B's frames (7 of 7"))
        #expect(try ansim("compare", "--rule", "vpdq", a, b).output.contains("of B's frames"))
        #expect(try ansim("compare", "--rule", "vpdq", a, ansim.reference + "/coffee.jpg").status == 2)
    }

    @Test func areScannedByVPDQsRuleToo() throws {
        let (a, b) = (clips + "/h264-open-group.mp4", clips + "/hevc-open-group.mp4")
        try ansim("register", "--case", "clip", a)
        let ledger = ansim.folder.path + "/ledger"
        let rule = ["--rule", "vpdq", "--vpdq-reference", "10"]
        let scan = ["scan", "--quiet", "--frames", "every", "--ledger", ledger] + rule
        let found = try matches(scan + [b])
        let counts = try #require(found.first?["vpdq"] as? [String: Int])
        #expect(counts["itemFrames"]! >= counts["itemMatched"]! && counts["itemMatched"]! > 0)
        #expect(10 * counts["referenceMatched"]! >= counts["referenceFrames"]!)
        #expect((found.first?["segments"] as? [Any])?.isEmpty == true)
        let again = try matches(["rematch", "--ledger", ledger] + rule)
        #expect(again.first?["vpdq"] as? [String: Int] == counts)
        // Half of the item shows it.
        #expect(try matches(scan + ["--vpdq-item", "100", clips + "/mpeg2.mpg"]).isEmpty)
        // Key frames alone can't show most of a reference.
        #expect(try ansim("scan", "--rule", "vpdq", b).status == 64)
        #expect(
            try ansim("scan", "--rule", "vpdq", "--vpdq-reference", "0", "--vpdq-item", "50", "--quiet", b).status != 64
        )
    }

    @Test(.enabled(if: Paths.shared != nil)) func hashAsVPDQDoes() throws {
        struct Golden: Decodable {
            struct Video: Decodable { let file: String }
            let videos: [Video]
        }
        let file = Paths.shared!.appending(path: "golden/videos/ntsc2997.mp4").path
        let lines = try ansim("hash", "--format", "vpdq", "--seconds-per-hash", "1", file).output.split(separator: "\n")
        // 29.97 frames a second make a step of 29, and single precision the times.
        #expect(lines.map { $0.split(separator: ",")[0] } == ["0", "29", "58", "87", "116"])
        #expect(lines.map { $0.split(separator: ",")[3] } == ["0.000", "0.968", "1.935", "2.903", "3.871"])
        #expect(try ansim("hash", "--format", "vpdq", ansim.reference + "/coffee.jpg").status == 2)
        #expect(try ansim("hash", "--format", "vpdq", "--dihedral", file).status == 64)
    }

    /// What does nothing is refused, so that nobody takes it for done.
    @Test(arguments: [
        (["scan", "--frames", "every", "--max-gap", "1"], "--max-gap goes with --frames keyframes."),
        (["scan", "--max-gap", "1", "--frames", "thorough"], "--max-gap goes with --frames keyframes."),
        (["verify-evidence", "--frames", "every", "--max-gap", "1"], "--max-gap goes with --frames keyframes."),
        (["hash", "--seconds-per-hash", "1"], "--seconds-per-hash goes with --format vpdq."),
        (["hash", "--format", "jsonl", "--seconds-per-hash", "0"], "--seconds-per-hash goes with --format vpdq."),
        (["compare", "--rule", "vpdq", "--frames", "every", "x"], "go with --rule ansim."),
        (["compare", "--rule", "vpdq", "--max-gap", "1", "x"], "go with --rule ansim."),
    ]) func takeNoOptionsThatDoNothing(arguments: [String], why: String) throws {
        let result = try ansim(arguments + [clips + "/h264-cuts.mp4"])
        #expect(result.status == 64 && result.errors.contains(why), "\(result.errors)")
    }

    @Test func endWhereTheyAreCutOff() throws {
        let whole = try Data(contentsOf: URL(filePath: clips + "/h264-long-group.mkv"))
        try ansim.folder.write(whole[..<(whole.count / 2)], to: "cut/half.mkv")
        try ansim.folder.write(Data("\u{1A}\u{45}".utf8) + whole[4...100], to: "cut/nothing.mkv")
        try ansim("register", "--case", "old", ansim.reference + "/coffee.jpg")
        let records = try ansim("scan", "--all", "--quiet", ansim.folder.path + "/cut").records
        let verdicts = records.filter { $0["kind"] as? String == "item" }.map { $0["verdict"] as! String }
        #expect(verdicts == ["partial", "undecodable"])
    }
}

import Foundation
import TestSupport
import Testing

/// Videos that begin with the same two seconds (scripts/make-edited-clips).
@Suite struct CommonFrames {
    private let ansim = Tool()
    private let clips = Paths.root.appending(path: "Tests/CommandTests/Fixtures").path
    private let names = ["intro-admiral", "intro-cat", "intro-photographer", "intro-raccoon"]

    /// Each under a case of its name.
    private func register(_ names: [String]) throws {
        for name in names {
            #expect(try ansim("register", "--case", name, clips + "/\(name).mp4").status == 0)
        }
    }

    /// The clip with an empty box more, so that its bytes say nothing.
    private func copy(_ name: String) throws -> String {
        let bytes = try Data(contentsOf: URL(filePath: clips + "/\(name).mp4"))
        return try ansim.folder.write(bytes + [0, 0, 0, 8] + Data("free".utf8), to: "copies/\(name).mp4").path
    }

    private func matches(_ arguments: [String]) throws -> [[String: Any]] {
        try ansim(arguments).records.filter { $0["kind"] as? String == "match" }
    }

    private func cases(_ arguments: String...) throws -> [String] {
        try matches(["scan", "--quiet", "--no-ledger", "--frames", "every"] + arguments)
            .map { $0["case"] as! String }.sorted()
    }

    @Test(arguments: ["quick", "full"]) func areNoEvidenceOfTheirOwn(depth: String) throws {
        try register(names)
        let (intro, other) = (clips + "/intro.mp4", clips + "/intro-other.mp4")
        #expect(try cases("--depth", depth, intro).isEmpty)
        #expect(try cases("--depth", depth, other).isEmpty)
        #expect(try cases("--depth", depth, "--common-cases", "0", intro) == names)
        #expect(try cases("--depth", depth, "--common-cases", "0", other) == names)
    }

    @Test func belongToTheSegmentsOfWhatFollowsThem() throws {
        try register(names)
        for name in names {
            let found = try matches(["scan", "--quiet", "--no-ledger", "--frames", "every", copy(name)])
            #expect(found.map { $0["case"] as! String } == [name])
            let segment = try #require((found.first?["segments"] as? [[String: Any]])?.first)
            #expect(segment["from"] as! Int == 0 && segment["to"] as! Int > 5500)
        }
    }

    @Test func countAgainWhenTheOthersAreGone() throws {
        try register(names.reversed())
        #expect(try cases(clips + "/intro.mp4").isEmpty)
        try ansim("registry", "remove", "--case", names[3])
        #expect(try cases(clips + "/intro.mp4") == Array(names.prefix(3)))
    }

    @Test func areNotThoseOfAVideoThatManyCasesHave() throws {
        for name in ["a", "b", "c", "d", "e"] {
            try ansim("register", "--case", name, clips + "/intro-raccoon.mp4")
        }
        #expect(try cases(copy("intro-raccoon")) == ["a", "b", "c", "d", "e"])
        // Nor is the intro, as long as only this one video has it.
        #expect(try cases(clips + "/intro.mp4") == ["a", "b", "c", "d", "e"])
        try register(names.filter { $0 != "intro-raccoon" })
        #expect(try cases(clips + "/intro.mp4").isEmpty)
        #expect(try cases(copy("intro-raccoon")) == ["a", "b", "c", "d", "e"])
    }

    @Test func areToldByAllCasesInARematchOfOne() throws {
        try register(names)
        let ledger = ansim.folder.path + "/ledger"
        let paths = [clips + "/intro.mp4", clips + "/intro-other.mp4", try copy("intro-admiral")]
        _ = try ansim(["scan", "--quiet", "--frames", "every", "--ledger", ledger] + paths)
        let found = try matches(["rematch", "--ledger", ledger, "--case", "intro-admiral"])
        #expect(found.map { ($0["path"] as! String).hasSuffix("copies/intro-admiral.mp4") } == [true])
    }
}

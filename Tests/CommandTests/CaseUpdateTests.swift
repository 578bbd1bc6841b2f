import Foundation
import TestSupport
import Testing

/// What becomes a finding, under which name, and how often.
@Suite struct CaseUpdates {
    private let ansim = Tool()
    private let places = ["https://a.example/1.jpg", "https://a.example/x%20y.jpg#top"]

    init() throws { try ansim.registerSamples() }

    private func command(_ arguments: String..., in folder: String) throws -> CommandResult {
        try run(
            Paths.product("ansim"), arguments, environment: ["ANSIM_REGISTRY": ansim.registry],
            in: URL(filePath: folder))
    }

    /// Records of one sample at each of these URLs, and of others when their references are given.
    private func records(
        _ urls: [String], references: [Int] = [2], captured: String? = "2024-10-01T00:00:00Z", digit: String = "ab",
        caseID: String = "demo", name: String = "records.jsonl"
    ) throws -> String {
        var lines: [String] = []
        for url in urls {
            for reference in references {
                let seen = captured.map { #","captured":"\#($0)""# } ?? ""
                lines.append(
                    #"{"schema":"ansim/1","kind":"match","path":"x","bytes":7,"sha256":"\#(String(repeating: digit, count: 32))","url":"\#(url)"\#(seen),"verdict":"match","case":"\#(caseID)","reference":\#(reference),"found":"whole","distance":4,"orientation":"orig","segments":[]}"#
                )
            }
        }
        lines.append(#"{"schema":"ansim/1","kind":"summary","complete":true,"items":\#(urls.count)}"#)
        return try ansim.folder.write(Data(lines.map { $0 + "\n" }.joined().utf8), to: name).path
    }

    private func findings(_ state: String? = nil) throws -> [[Substring]] {
        try ansim(["case", "show", "demo"] + (state.map { ["--state", $0] } ?? [])).lines.map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
    }

    /// Wherever the update runs, and however the scan named its folder.
    @Test func nameAPlaceTheSameFromEveryFolder() throws {
        let folder = ansim.folder.path + "/a"
        try FileManager.default.createDirectory(atPath: folder + "/b", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: ansim.crawl + "/board/0001.jpg", toPath: folder + "/1.jpg")
        let records = ansim.folder.path + "/records.jsonl"
        #expect(try command("scan", "--quiet", "--output", records, "../1.jpg", in: folder + "/b").status == 0)
        for place in ["/", ansim.folder.path, folder] {
            let result = try command("case", "update", records, in: place)
            #expect(result.output == (place == "/" ? "1\tnew\n" : "1\tknown\n"), "\(place)")
        }
        // The same as by a scan with the absolute path, and by a rematch.
        #expect(try ansim("scan", "--quiet", "--output", records, folder + "/1.jpg").status == 0)
        #expect(try ansim("case", "update", records).output == "1\tknown\n")
        #expect(
            try command("rematch", "--quiet", "--ledger", records + ".ledger", "--output", "r.jsonl", in: folder).status
                == 0)
        // The ledger has the file under both names.
        #expect(try ansim("case", "update", folder + "/r.jsonl").output == "2\tknown\n")
        #expect(try findings().map { $0[4] } == ["\(folder)/1.jpg"[...]])
        // Absolute paths tell of no folder; relative ones without one are told.
        #expect(try !ansim("scan", "--quiet", folder + "/1.jpg").output.contains(#""folder""#))
        let cut = try ansim.folder.write(
            Data(command("scan", "--quiet", "1.jpg", in: folder).lines[0].utf8), to: "cut.jsonl"
        ).path
        let result = try command("case", "update", cut, in: folder)
        #expect(result.output == "1\tknown\n" && result.errors.contains("do not say from which folder"))
    }

    @Test func takeRecordsOfArchives() throws {
        try makeArchives(in: ansim.folder, "tar('a.tar', [('m/coffee.jpg', coffee)])")
        let records = ansim.folder.path + "/records.jsonl"
        #expect(try ansim("scan", "--quiet", "--all", "--output", records, ansim.folder.path + "/a.tar").status == 0)
        #expect(try String(contentsOf: URL(filePath: records), encoding: .utf8).contains(#""kind":"archive""#))
        let update = try ansim("case", "update", records)
        #expect(update.status == 0 && update.output == "1\tnew\n", "\(update.errors)")
        #expect(try findings().map { $0[4] } == ["\(ansim.folder.path)/a.tar!/m/coffee.jpg"[...]])
        let report = try ansim("report", records)
        #expect(report.status == 0 && report.output.contains("a.tar!/m/coffee.jpg"))
        #expect(report.output.contains("<dt>Archives opened</dt><dd>1</dd>"))
        // Under the name that the scan prints.
        let text = try ansim("scan", "--quiet", "--format", "text", ansim.folder.path + "/a.tar").output
        let name = try #require(text.dropFirst(12).split(separator: ": case").first)
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", String(name)).status == 0)
        #expect(try command("case", "show", "demo", "a.tar!/m/coffee.jpg", in: ansim.folder.path).status == 0)
    }

    @Test func countWhatACollageShowsOnce() throws {
        let first = try ansim("case", "update", records([places[0]], references: [1, 2, 3, 4]))
        #expect(first.output == "1\tnew\n3\tfurther references in items that are new or not decided about\n")
        #expect(try ansim("case", "show", "demo", "1").lines.count == 2)
        #expect(try findings()[0][3] == "reference 1, 2, 3, 4")
        // What a person has decided about is looked at again.
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", "1").status == 0)
        let more = try ansim("case", "update", records([places[0]], references: [1, 5], name: "more"))
        #expect(more.output.contains("1\tchanged") && more.output.contains("1\tknown"))
    }

    /// The records' own time is later than the removal, but they were known before it.
    @Test func changeNothingWhenTheyAreRepeated() throws {
        let records = try records([places[0]], captured: nil)
        #expect(try ansim("case", "update", records).output == "1\tnew\n")
        let found = try #require(findings().first?[2])
        #expect(try ansim("case", "state", "--case", "demo", "removed", "1", "--at", String(found)).status == 0)
        try FileManager.default.setAttributes(
            [.modificationDate: Date.now.addingTimeInterval(60)], ofItemAtPath: records)
        let again = try ansim("case", "update", records)
        #expect(again.output == "1\tknown\n" && again.errors.contains("taken in before"))
        #expect(try findings("removed").count == 1)
    }

    @Test func letPeopleNameAFindingInManyWays() throws {
        #expect(try ansim("case", "update", records(places)).output == "2\tnew\n")
        for name in [
            "2", "https://a.example/x%20y.jpg", "https://a.example/x y.jpg", places[1],
            "x (https://a.example/x%20y.jpg)",
        ] {
            let result = try ansim("case", "state", "--case", "demo", "confirmed", name, name, "2")
            #expect(result.output == "1 finding is confirmed now.\n", "\(name): \(result.errors)")
        }
        // What stands behind # never reaches the server.
        #expect(try findings().map { $0[4] } == ["https://a.example/1.jpg", "https://a.example/x%20y.jpg"])
        #expect(
            try ansim("case", "state", "--case", "demo", "confirmed", "3").errors.contains("their numbers work here"))
    }

    @Test func keepTheWholeHistory() throws {
        #expect(try ansim("case", "update", records(places)).status == 0)
        for (state, note) in [("confirmed", "seen by K."), ("requested", "by mail"), ("requested", "by fax")] {
            #expect(try ansim("case", "state", "--case", "demo", state, "1", "--note", note).status == 0)
        }
        let lines = try ansim("case", "show", "demo", "1").lines
        #expect(lines.count == 5 && lines[0].hasPrefix("1\trequested\t"))
        #expect(lines[1] == "\tfound\t2024-10-01T00:00:00Z" && lines[2].hasSuffix("\tseen by K."))
        #expect(lines[3].hasSuffix("\tby mail") && lines[4].hasSuffix("\tby fax"))
    }

    @Test func refuseTimesThatCanNotBe() throws {
        #expect(try ansim("case", "update", records([places[0]])).status == 0)
        let state = ["case", "state", "--case", "demo", "removed", "1", "--at"]
        #expect(try ansim(state + ["2926-10-02T00:00:00Z"]).errors.contains("is in the future"))
        #expect(
            try ansim(state + ["2024-09-02T00:00:00Z"]).errors.contains(
                "Finding 1 was first found at 2024-10-01T00:00:00Z, after 2024-09-02T00:00:00Z."))
        #expect(try findings("removed").isEmpty)
        // A mistyped one is corrected by setting the state again.
        for time in ["2024-11-01T00:00:00Z", "2024-10-03T00:00:00Z"] { #expect(try ansim(state + [time]).status == 0) }
        let total = try ansim("case", "stats").lines[1].split(separator: " ")
        #expect(total.suffix(3) == ["1", "0", "2.0"], "\(total)")
        #expect(try !ansim("case", "stats").output.contains("2024-11"))
    }

    @Test func tellAHostWhenItWasFirstFound() throws {
        #expect(try ansim("case", "update", records([places[0]])).status == 0)
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", "1").status == 0)
        let request = ["case", "request", "--host", "a.example"]
        #expect(try ansim(request).output.contains("found 2024-10-01T00:00:00Z\n"))
        #expect(
            try ansim("case", "state", "--case", "demo", "removed", "1", "--at", "2024-10-02T00:00:00Z").status == 0)
        #expect(
            try ansim("case", "update", records([places[0]], captured: "2024-10-05T00:00:00Z", name: "late")).output
                .contains("1\tback"))
        #expect(
            try ansim(request).output.contains(
                "found 2024-10-01T00:00:00Z, and again 2024-10-05T00:00:00Z, after it had been removed\n"))
    }

    @Test func writeARequestOfOneCase() throws {
        #expect(
            try ansim("register", "--case", "other", "--keep", "plain", ansim.reference + "/coffee.jpg").status == 0)
        #expect(try ansim("case", "update", records([places[0]])).status == 0)
        #expect(
            try ansim("case", "update", records([places[0]], references: [11], caseID: "other", name: "other.jsonl"))
                .output == "1\tnew\n")
        for id in ["demo", "other"] {
            #expect(try ansim("case", "state", "--case", id, "confirmed", places[0]).status == 0)
        }
        let mixed = try ansim("case", "request", "--host", "a.example")
        #expect(mixed.status == 1 && mixed.errors.contains("Findings of 2 cases are at a.example: demo, other."))
        let output = ansim.folder.path + "/r.txt"
        let one = ["case", "request", "--host", "a.example", "--case", "demo", "--output", output]
        #expect(try ansim(one).errors.contains("the removal of 1 URL."))
        #expect(try ansim(one).errors.contains("exists; it was left as it is. Name another file, or add --overwrite."))
        #expect(try ansim(one + ["--overwrite"]).status == 0)
    }

    @Test(arguments: [
        ("{{#findings}}\n{{url}}\n", "is never closed", "line 3"),
        ("a\n{{#findings}}{{/other}}", "under another name", "line 2"),
        ("{{url", "not closed with }}", "line 1"),
    ]) func explainWhatIsWrongWithATemplate(text: String, why: String, line: String) throws {
        #expect(try ansim("case", "update", records([places[0]])).status == 0)
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", "1").status == 0)
        let template = try ansim.folder.write(Data(text.utf8), to: "t").path
        let result = try ansim("case", "request", "--host", "a.example", "--template", template)
        #expect(
            result.status == 1 && result.errors.contains(why) && result.errors.contains(line)
                && !result.errors.contains("Parser"), "\(result.errors)")
    }
}

import Foundation
import GRDB
import TestSupport
import Testing

@Suite struct CaseRuns {
    private let ansim = Tool()
    private let place = "https://img.board.example/0001.jpg"

    /// Matches of the sample board as if they had been crawled from a host.
    private func records(captured: String = "2024-10-01T00:00:00Z", name: String = "records.jsonl") throws -> String {
        let lines = try ansim("scan", "--quiet", ansim.crawl + "/board").lines.map { line in
            guard line.contains(#""kind":"match""#),
                let name = line.split(separator: "/board/")[1].split(separator: "\"").first
            else { return line }
            return line.dropLast() + #","url":"https://img.board.example/\#(name)","captured":"\#(captured)"}"#
        }
        return try ansim.folder.write(Data(lines.map { $0 + "\n" }.joined().utf8), to: name).path
    }

    private func taken() throws {
        try ansim.registerSamples()
        #expect(try ansim("case", "update", records()).output.contains("\tnew"))
    }

    @Test func takeInMatchesOnce() throws {
        try taken()
        let count = try ansim("case", "show", "demo").lines.count
        #expect(count > 10)
        let again = try ansim("case", "update", records())
        #expect(again.output == "\(count)\tknown\n" && again.errors.contains("taken in before"))
        #expect(try ansim("case", "show", "demo").lines.count == count)
        #expect(try ansim("case", "list").output.hasPrefix("demo\topen\t10 references\t\(count) found"))
    }

    @Test func openCloseAndNote() throws {
        #expect(try ansim("case", "open", "2026-1", "--note", "first").status == 0)
        #expect(try ansim("case", "note", "2026-1", "call \u{1B}[2J back").status == 0)
        #expect(try ansim("case", "close", "2026-1").status == 0)
        #expect(try ansim("case", "list").output.hasPrefix("2026-1\tclosed\t0 references\tno findings"))
        let shown = try ansim("case", "show", "2026-1").output
        #expect(shown.contains("opened\tfirst") && shown.contains(#"call \u{1b}[2J back"#) && shown.contains("closed"))
        #expect(try ansim("case", "close", "other").errors.contains(#"There is no case "other""#))
    }

    @Test func rememberWhatIsNoMatch() throws {
        try taken()
        let before = try ansim("scan", "--quiet", ansim.crawl + "/board")
        let count = try before.records.filter { $0["kind"] as? String == "match" }.count
        #expect(try ansim("case", "state", "--case", "demo", "not-a-match", place, "--note", "a postcard").status == 0)
        let ledger = ansim.folder.path + "/l"
        let scan = try ansim("scan", "--ledger", ledger, ansim.crawl + "/board")
        let records = try scan.records
        #expect(records.filter { $0["kind"] as? String == "match" }.count == count - 1)
        #expect(records.last?["suppressed"] as? Int == 1 && records.last?["matchedItems"] as? Int == count - 1)
        #expect(scan.errors.contains("1 match was left out: a person called them no match."))
        #expect(!scan.output.contains("0001.jpg"))
        let rematch = try ansim("rematch", "--ledger", ledger)
        #expect(try rematch.records.last?["suppressed"] as? Int == 1 && !rematch.output.contains("0001.jpg"))
        // The same bytes elsewhere are not taken in either; a person can think again.
        #expect(try ansim("case", "update", self.records(name: "again.jsonl")).status == 0)
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", place).status == 0)
        #expect(try ansim("scan", "--quiet", ansim.crawl + "/board").records.last?["suppressed"] == nil)
    }

    @Test func markWhatCameBack() throws {
        try taken()
        #expect(
            try ansim("case", "state", "--case", "demo", "removed", place, "--at", "2024-10-11T00:00:00Z").status == 0)
        // Seen before it was removed.
        let early = try ansim("case", "update", records(captured: "2024-10-05T00:00:00Z", name: "early.jsonl"))
        #expect(early.output.contains("1\tseen before they were removed"))
        let late = try ansim("case", "update", records(captured: "2024-10-12T00:00:00Z", name: "late.jsonl"))
        #expect(late.output.contains("1\tback"))
        #expect(
            try ansim("case", "show", "demo", "--state", "back").output.contains(
                "back\t2024-10-12T00:00:00Z\treference 2\t\(place)"))
        let statistics = try ansim("case", "stats").lines.map {
            $0.split(separator: " ", omittingEmptySubsequences: true)
        }
        #expect(statistics[1].last == "10.0" && statistics[1][statistics[1].count - 2] == "1")
        #expect(statistics.contains { $0[0] == "2024-10" } && statistics.contains { $0[0] == "img.board.example" })
    }

    @Test func changeAllStatesOrNone() throws {
        try taken()
        let result = try ansim("case", "state", "--case", "demo", "confirmed", place, "https://nowhere.example/")
        #expect(result.status == 1 && result.errors.contains("Nothing was changed"))
        #expect(try ansim("case", "show", "demo", "--state", "confirmed").output.isEmpty)
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", "--at", "yesterday", place).status == 64)
        #expect(try ansim("case", "state", "--case", "demo", "gone", place).status == 64)
    }

    @Test func writeRequestsForAPersonToSend() throws {
        try taken()
        let output = ansim.folder.path + "/request.txt"
        let arguments = ["case", "request", "--host", "img.board.example", "--output", output]
        #expect(try ansim(arguments).errors.contains("Have a person look"))
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", place).status == 0)
        for (language, word) in [("en", "Request to remove 1 URL"), ("ko", "삭제 요청 (1건)")] {
            try? FileManager.default.removeItem(atPath: output)
            #expect(try ansim(arguments + ["--language", language]).status == 0)
            let text = try String(contentsOf: URL(filePath: output), encoding: .utf8)
            #expect(text.contains(word) && text.contains("1. \(place)") && text.contains("SHA-256 a20e55be"))
            #expect(!text.contains("0002.jpg") && !text.contains("{{") && text.contains("img.board.example"))
            #expect(text.contains("2024-10-01T00:00:00Z"))
        }
        // A text that somebody may have edited is not lost.
        #expect(try ansim(arguments).status == 1)
        let template = try ansim.folder.write(Data("{{#findings}}<{{url}}> & {{state}}\n{{/findings}}".utf8), to: "t")
        let own = try ansim("case", "request", "--host", "IMG.board.example", "--template", template.path)
        #expect(own.output == "<\(place)> & confirmed\n")
        #expect(try ansim("case", "request", "--host", "x.example").errors.contains("Nothing was found at x.example."))
        // Nothing was sent and nothing was set.
        #expect(try ansim("case", "show", "demo", "--state", "requested").output.isEmpty)
    }

    @Test func goWithTheirCase() throws {
        try taken()
        let file = try DatabaseQueue(path: ansim.registry)
        #expect(throws: DatabaseError.self) {
            try file.write { try $0.execute(sql: "UPDATE journal SET state = 'removed'") }
        }
        try file.close()
        #expect(try ansim("registry", "remove", "--case", "demo").status == 0)
        let left = try DatabaseQueue(path: ansim.registry).read { db in
            try ["finding", "findingPair", "journal", "caseEvent"].map {
                try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \($0)")!
            }
        }
        #expect(left == [0, 0, 0, 0])
    }

    /// Bits that change on the disk are noticed, not acted upon.
    @Test func areCheckedBeforeTheyDecide() throws {
        try taken()
        #expect(try ansim("case", "state", "--case", "demo", "not-a-match", place).status == 0)
        let file = try DatabaseQueue(path: ansim.registry)
        try file.write { db in
            try db.execute(sql: "DROP TRIGGER journalIsAppendOnly")
            try db.execute(sql: "UPDATE journal SET note = 'forged' WHERE state = 'not-a-match'")
        }
        try file.close()
        #expect(try ansim("registry", "verify").output.contains("the journal of finding 1 is not what was written"))
        #expect(try ansim("case", "show", "demo").status == 1)
    }

    @Test func ofAnOlderRegistryAreMadeByWhoReadsIt() throws {
        try ansim.registerSamples()
        let file = try DatabaseQueue(path: ansim.registry)
        try file.write { db in
            for table in ["findingPair", "journal", "finding", "caseEvent", "readRecords", "registryMark"] {
                try db.execute(sql: "DROP TABLE \(table)")
            }
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'cases'")
        }
        try file.close()
        #expect(try ansim("scan", "--quiet", ansim.crawl + "/board").status == 2)
        #expect(try ansim("registry", "verify").output == "The registry is sound.\n")
    }
}

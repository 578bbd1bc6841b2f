import Foundation
import MediaModel
import Reporting
import Testing

@Suite struct Reports {
    private func line(
        path: String, url: String? = nil, distance: Int = 4, orientation: String = "orig", reference: Int = 1,
        found: String = "whole", digest: Int, caseID: String = "demo"
    ) throws -> String {
        var object: [String: Any] = [
            "schema": "ansim/1", "kind": "match", "path": path, "bytes": 7, "verdict": "match", "case": caseID,
            "reference": reference, "found": found, "distance": distance, "orientation": orientation,
            "segments": [Int](), "settings": "0123",
            "sha256": String(repeating: "0", count: 56) + String(format: "%08x", digest),
        ]
        object["url"] = url
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    private func file(_ lines: [String]) throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory.appending(path: "ansim-report-\(UUID().uuidString)")
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try FileHandle(forReadingFrom: url)
    }

    private func contents(_ lines: [String]) throws -> ReportContents {
        let file = try file(lines)
        return try ReportContents(RecordFile(descriptor: file.fileDescriptor))
    }

    private func html(_ lines: [String], _ language: ReportLanguage = .en) throws -> String {
        let file = try file(lines)
        let records = RecordFile(descriptor: file.fileDescriptor)
        var out: [UInt8] = []
        try HTMLReport(try ReportContents(records), records, language: language) { out += $0 }.write()
        return try #require(String(validating: out, as: UTF8.self))
    }

    private func csv(_ lines: [String]) throws -> String {
        let file = try file(lines)
        var out: [UInt8] = []
        var report = CSVReport()
        try report.write(RecordFile(descriptor: file.fileDescriptor)) { out += $0 }
        return try #require(String(validating: out, as: UTF8.self))
    }

    @Test func groupByHostElseByFolder() throws {
        let found = try contents([
            line(path: "x", url: "https://user@A.example:81/p/1.jpg", digest: 1),
            line(path: "x", url: "https://b.example\\@a.example/1.jpg", digest: 2),
            line(path: "m/n/1.jpg", digest: 3), line(path: "m/n/2.jpg", reference: 2, digest: 4),
            line(path: "2.jpg", digest: 5), line(path: "y", url: "not a URL", digest: 6),
        ])
        #expect(
            Set(found.places.map(\.place)) == [
                .host("a.example:81"), .host("b.example"), .folder("m/n"), .folder(""),
            ])
        #expect(found.places.map(\.matchCount) == [2, 2, 1, 1])
        #expect(found.references.map(\.number.rawValue) == [1, 2] && found.matchCount == 6)
    }

    @Test func foldWhatIsDecidedOnce() throws {
        func findings(_ lines: String...) throws -> Int {
            try contents(lines).places.reduce(0) { $0 + $1.findingCount }
        }
        let near = try line(path: "a/1", distance: 4, digest: 1)
        // Near the reference in the same way, in one folder.
        #expect(try findings(near, line(path: "a/2", distance: 15, digest: 2)) == 1)
        #expect(try findings(near, line(path: "a/2", distance: 16, digest: 2)) == 2)
        #expect(try findings(near, line(path: "a/2", orientation: "flipx", digest: 2)) == 2)
        #expect(try findings(near, line(path: "a/2", reference: 2, digest: 2)) == 2)
        #expect(try findings(near, line(path: "b/2", digest: 2)) == 2)
        #expect(try findings(near, line(path: "a/2", found: "region", digest: 2)) == 2)
        // The same bytes, wherever on the host; and what joins two groups.
        let (here, there) = ("https://h.example/a/1", "https://h.example/b/1")
        #expect(
            try findings(
                line(path: "x", url: here, distance: 30, digest: 1),
                line(path: "y", url: there, distance: 30, digest: 1)) == 1)
        #expect(
            try findings(
                line(path: "x", url: here, digest: 1), line(path: "y", url: there, digest: 2),
                line(path: "z", url: here + "2", digest: 3), line(path: "w", url: there + "2", digest: 3)) == 1)
    }

    private static let hostile =
        "<script>alert(1)</script>\u{202E}gpj.\"onerror='x' \u{0}\u{1B}[2J`\u{200B}\u{E000}&amp;"

    @Test(arguments: ReportLanguage.allCases) func showTextsOfStrangersAsText(language: ReportLanguage) throws {
        let unexamined =
            #"{"schema":"ansim/1","kind":"unexamined","path":"<b>\u202e","verdict":"undecodable","reason":"<i>","detail":"<u>\u0007"}"#
        let page = try html(
            [
                line(path: Self.hostile, digest: 1),
                line(path: "x", url: "https://<b>.example/" + Self.hostile, digest: 2),
                line(path: "y", digest: 3, caseID: "<img src=x>\u{202E}"), unexamined,
            ], language)
        for part in [
            "<script", "<b>.ex", "<img src", "<i>", "<u>", "onerror='", "\u{202E}", "\u{0}", "\u{1B}", "\u{200B}",
            "\u{E000}", "\u{7}",
        ] {
            #expect(!page.contains(part), "\(part.debugDescription)")
        }
        #expect(
            page.contains(
                "&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]gpj.&quot;onerror=&#39;x&#39; [U+0000][U+001B][2J&#96;"))
        // Nothing is loaded, and nothing can be followed by mistake.
        #expect(page.contains("default-src 'none'") && !page.contains("<script") && !page.contains("href=\"http"))
        #expect(!page.contains("src=\"http") && !page.contains("url("))
    }

    @Test func countWhatIsNoRecord() throws {
        let lines = [try line(path: "a", digest: 1), "", "garbage", #"{"schema":"ansim/1","kind":"match"}"#]
        let found = try contents(lines)
        #expect(found.malformedLines == 3 && found.firstMalformed == [2, 3, 4] && found.lineCount == 4)
        #expect(try html(lines).contains("3 of 4 lines are no records and are not in this report (lines 2, 3, 4)."))
        #expect(try html(lines, .ko).contains("전체 4줄 중 3줄은 올바른 기록이 아니어서"))
    }

    @Test func tellOfLinesThatAreTooLong() throws {
        let found = try contents([
            try line(path: "a", digest: 1), String(repeating: "x", count: 5 << 20), try line(path: "b", digest: 2),
        ])
        #expect(found.matchCount == 2 && found.malformedLines == 1 && found.firstMalformed == [2])
    }

    @Test func tellOfRunsThatDidNotEnd() throws {
        let stopped = #"{"schema":"ansim/1","kind":"summary","complete":false,"items":1200,"matches":0}"#
        #expect(try html([stopped]).contains("stopped before its end"))
        #expect(try html([stopped]).contains("1,200"))
        #expect(try html([]).contains("no summary"))
        #expect(try !html([stopped.replacing("false", with: "true")]).contains("class=\"warn\""))
    }

    @Test func givesSpreadsheetsNoFormula() throws {
        for path in ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\u{FF1D}1", "\u{200B}=1", "%x", "|x"] {
            let text = try csv([line(path: path, digest: 1)])
            #expect(text.hasPrefix(CSVReport.head))
            #expect(text.contains("\"'") && !text.contains("\"="), "\(path.debugDescription)")
        }
        let text = try csv([line(path: "a\"b,c\nd", digest: 1)])
        #expect(text.contains("\"a\"\"b,c[U+000A]d\"") && text.split(separator: "\r\n").count == 2)
    }

    @Test func drawWhichTimeShowsWhich() throws {
        let video =
            #"{"schema":"ansim/1","kind":"match","path":"v.mp4","verdict":"match","case":"demo","reference":1,"durationMs":10000,"found":"video","distance":6,"orientation":"orig","segments":[{"from":5000,"to":10000,"referenceFrom":0,"referenceTo":4000,"speed":-0.8,"orientation":"orig","frames":9,"distinctFrames":9,"medianDistance":6}],"settings":"0"}"#
        let page = try html([video])
        // The second half of the item, all of the reference, crossed because it runs backwards.
        #expect(page.contains(#"<path class="band" d="M300 16L600 16L0 48L600 48Z"/>"#))
        #expect(page.contains("0:05.0–0:10.0 shows 0:00.0–0:04.0, at speed 0.80, backwards, 9 frames, 6 bits"))
    }

    /// Cut off, 3.96 s would be told as 3.9.
    @Test func roundTimes() throws {
        let video =
            #"{"schema":"ansim/1","kind":"match","path":"v.mp4","verdict":"match","case":"demo","reference":1,"found":"video","distance":6,"orientation":"orig","segments":[{"from":0,"to":3960,"referenceFrom":59990,"referenceTo":63960,"speed":1.0,"orientation":"orig","frames":1,"distinctFrames":1,"medianDistance":6}],"settings":"0"}"#
        #expect(try html([video]).contains("0:00.0–0:04.0 shows 1:00.0–1:04.0, 1 frame, 6 bits"))
    }

    @Test func nameMembersAndPartsOfReferences() throws {
        let part =
            #"{"schema":"ansim/1","kind":"match","path":"a.zip","member":"b/c.jpg","verdict":"match","case":"demo","reference":1,"found":"region","distance":6,"orientation":"orig","region":{"x":1,"y":2,"width":30,"height":40},"referenceRegion":{"x":5,"y":6,"width":70,"height":80},"settings":"0"}"#
        let failed =
            #"{"schema":"ansim/1","kind":"unexamined","path":"a.zip","member":"d.jpg","verdict":"undecodable","reason":"corrupt"}"#
        let page = try html([part, failed])
        #expect(page.contains("<bdi>a.zip!/b/c.jpg</bdi>") && page.contains("<bdi>a.zip!/d.jpg</bdi>"))
        #expect(page.contains("in 30 × 40 pixels at (1, 2), of the reference 70 × 80 pixels at (5, 6)"))
        #expect(try csv([part]).contains(#""1 2 30 40","5 6 70 80""#))
    }

    /// A rematch knows more items than it tells of: they are not "0 in which nothing was found".
    @Test func countWhatARematchDoesNotTell() throws {
        let summary =
            #"{"schema":"ansim/1","kind":"summary","complete":true,"items":10001,"matchedItems":1,"matches":1,"clear":0,"partial":0,"undecodable":0,"unsupported":0,"overLimit":0}"#
        let page = try html([summary])
        #expect(page.contains("<dt>Without a match (see the scan's records)</dt><dd>10,000</dd>"), "\(page)")
        #expect(!page.contains("Nothing found"))
        let scan = summary.replacing(#""clear":0"#, with: #""clear":9999"#).replacing(
            #""partial":0"#, with: #""partial":1"#)
        #expect(try html([scan]).contains("<dt>Nothing found</dt><dd>9,999</dd>"))
        #expect(try !html([scan]).contains("Without a match"))
    }

    @Test func knowArchives() throws {
        let archive =
            #"{"schema":"ansim/1","kind":"archive","path":"a.warc","bytes":7,"container":"warc","members":5,"passedOver":3,"settings":"0"}"#
        let summary = #"{"schema":"ansim/1","kind":"summary","complete":true,"items":2,"archives":1,"clear":2}"#
        let page = try html([archive, summary])
        #expect(!page.contains("class=\"warn\""))
        #expect(page.contains("<dt>Archives opened</dt><dd>1</dd>"))
        #expect(page.contains("<dt>Archive members that are no media</dt><dd>3</dd>"))
    }
}

import Foundation
import TestSupport
import Testing

@Suite struct ReportRuns {
    private let ansim = Tool()

    /// Records of the sample crawl, every other item with a URL, a video, and texts of strangers.
    private func records() throws -> URL {
        try ansim.registerSamples()
        var lines = try ansim("scan", ansim.crawl).lines.enumerated().map { number, line in
            number % 2 == 0 && !line.contains(#""kind":"summary""#)
                ? line.dropLast()
                    + #","url":"https://img\#(number % 3).board.example/\#(String(repeating: "long", count: 40))?n=\#(number)","page":"https://board.example/"}"#
                : line
        }
        lines.insert(
            #"{"schema":"ansim/1","kind":"match","path":"v/\u202e<script>document.title='owned'</script>\u0000.mp4","bytes":5,"sha256":"\#(String(repeating: "ab", count: 32))","format":"video","width":640,"height":360,"durationMs":65000,"verdict":"match","case":"demo","reference":3,"found":"video","distance":6,"orientation":"orig","segments":[{"from":5000,"to":30000,"referenceFrom":0,"referenceTo":25000,"speed":1.0,"orientation":"orig","frames":20,"distinctFrames":18,"medianDistance":6}],"settings":"x"}"#,
            at: 3)
        return try ansim.folder.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: "records.jsonl")
    }

    @Test func sayWhatTheRecordsSay() throws {
        let records = try records()
        let report = ansim.folder.path + "/report.html"
        let result = try ansim("report", records.path, "--output", report)
        #expect(result.status == 0 && result.errors == "\(report): a report of 34 matches.\n")
        let page = try String(contentsOf: URL(filePath: report), encoding: .utf8)
        #expect(page.hasPrefix("<!DOCTYPE html>\n<!-- Ansim report -->"))
        for text in [
            "<dt>Items examined</dt><dd>64</dd>", "<dt>Matches</dt><dd>34</dd>", "img0.board.example",
            "mirrored left to right", "0005.png", "broken.jpg", "records.jsonl (SHA-256 ", "<bdi>0.1.0</bdi>",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        // The same records give the same bytes; a report may be replaced, other files not.
        #expect(try ansim("report", records.path, "--output", report).status == 0)
        #expect(try String(contentsOf: URL(filePath: report), encoding: .utf8) == page)
        let other = try ansim.folder.write(Data("mine".utf8), to: "other.html")
        #expect(try ansim("report", records.path, "--output", other.path).status == 1)
        #expect(try ansim("report", records.path, "--output", records.path, "--overwrite").status == 1)
        #expect(
            try ansim("report", records.path, "--format", "csv").output.split(separator: "\r\n").count == 1 + 34 + 4)
    }

    @Test func countLinesThatAreNoRecords() throws {
        let summary = #"{"schema":"ansim/1","kind":"summary","items":0}"#
        let file = try ansim.folder.write(Data("garbage\n{}\n\(summary)\n".utf8), to: "bad.jsonl")
        let result = try ansim("report", file.path)
        #expect(result.status == 2 && result.errors.contains("2 of 3 lines"))
        // Without any record it is another file.
        let notes = try ansim.folder.write(Data("garbage\n{}\n".utf8), to: "notes.txt")
        for format in ["html", "csv"] {
            let refused = try ansim(
                "report", "--format", format, "--output", ansim.folder.path + "/none", notes.path)
            #expect(refused.status == 1 && refused.errors.contains("holds no record of Ansim"))
            #expect(!FileManager.default.fileExists(atPath: ansim.folder.path + "/none"))
        }
        #expect(try ansim("report", "/dev/null").status == 1)
        #expect(try ansim("report", ansim.folder.path + "/nothing").status == 1)
    }

    /// Small and gray, by the workers; what is gone or changed is said to be.
    @Test func showThumbnailsOnlyWhenAsked() throws {
        try ansim.registerSamples()
        let folder = ansim.folder.path + "/crawl"
        try FileManager.default.copyItem(atPath: ansim.crawl + "/board", toPath: folder)
        let video = Paths.root.appending(path: "Tests/VideoTests/Fixtures/h264-open-group.mp4").path
        #expect(try ansim("register", "--case", "video", video).status == 0)
        try FileManager.default.copyItem(atPath: video, toPath: folder + "/video.mp4")
        let records = ansim.folder.path + "/records.jsonl"
        #expect(try ansim("scan", "--quiet", "--output", records, folder).status == 2)
        #expect(try !ansim("report", records).output.contains("data:image"))
        try FileManager.default.removeItem(atPath: folder + "/0001.jpg")
        try FileManager.default.removeItem(atPath: folder + "/0002.jpg")
        try FileManager.default.copyItem(atPath: folder + "/0003.jpg", toPath: folder + "/0002.jpg")
        let page = try ansim("report", "--thumbnails", records)
        #expect(page.status == 0)
        let pictures = page.output.components(separatedBy: "<details class=\"pic\">").dropFirst()
        #expect(pictures.count == page.output.components(separatedBy: "<div class=\"f\">").count - 1 - 2)
        #expect(
            page.output.contains("no thumbnail: can&#39;t be opened")
                && page.output.contains("the file changed since the scan"))
        let encoded = try #require(pictures.first?.split(separator: "base64,")[1].split(separator: "\"").first)
        let png = try #require(Data(base64Encoded: String(encoded)))
        // PNG, at most 64 pixels a side, 8 bits of gray.
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]) && png[24] == 8 && png[25] == 0)
        #expect(png[16..<19].allSatisfy { $0 == 0 } && png[19] <= 64 && png[23] <= 64 && max(png[19], png[23]) == 64)
        #expect(try ansim("report", "--thumbnails", "--format", "csv", records).status == 64)
    }

    /// With everything unfolded, nothing is wider than the screen, and no text of a stranger became markup.
    @Test(.enabled(if: Chromium.isInstalled), arguments: ["en", "ko"])
    func fitPhonesAndDesktops(language: String) throws {
        let records = try records()
        let report = ansim.folder.path + "/report.html"
        #expect(
            try ansim("report", records.path, "--thumbnails", "--language", language, "--output", report).status == 0)
        for width in [320, 390, 1280] {
            let layout = try Chromium.layout(of: URL(filePath: report), width: width, in: ansim.folder)
            #expect(layout.contentWidth <= width, "\(language) at \(width): \(layout.widest)")
            #expect(layout.scripts == 0 && layout.height > 1000 && layout.details > 4)
            #expect(layout.findings == 33 && layout.timelines == 1 && layout.pictures == 32)
        }
    }
}

/// A real browser, without a window.
enum Chromium {
    private static let path = "/usr/bin/chromium"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: path)

    struct Layout: Decodable {
        let contentWidth: Int
        let height: Int
        let scripts: Int
        let details: Int
        let findings: Int
        let timelines: Int
        /// That the browser could decode.
        let pictures: Int
        /// The elements that stick out.
        let widest: String
    }

    /// How a page lies in a frame of so many pixels, with all details open.
    static func layout(of page: URL, width: Int, in folder: TemporaryFolder) throws -> Layout {
        let source = try String(contentsOf: page, encoding: .utf8)
            .replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
        let frame = try folder.write(
            Data(
                """
                <!DOCTYPE html><meta charset="utf-8"><iframe id="f" style="border:0;width:\(width)px;height:900px" srcdoc="\(source)"></iframe>
                <pre id="out"></pre><script>
                f.onload=()=>{const d=f.contentDocument,n=s=>d.querySelectorAll(s).length;
                d.querySelectorAll('details').forEach(e=>e.open=true);const r=d.documentElement;
                const w=[...d.querySelectorAll('body *')].filter(e=>e.getBoundingClientRect().right>\(width)+.5).slice(0,3).map(e=>e.outerHTML.slice(0,120));
                out.textContent=JSON.stringify({contentWidth:r.scrollWidth,height:r.scrollHeight,scripts:n('script'),details:n('details'),findings:n('.f'),timelines:n('svg.t'),pictures:[...d.images].filter(e=>e.naturalWidth>0).length,widest:w.join(' | ')})}
                </script>
                """.utf8), to: "frame-\(width).html")
        let result = try run(
            URL(filePath: path),
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
                "--user-data-dir=\(folder.path)/profile",
                "--virtual-time-budget=20000", "--window-size=1600,1000", "--dump-dom", frame.absoluteString,
            ])
        let start = try #require(result.output.range(of: "<pre id=\"out\">"), "\(result.errors)")
        let end = try #require(result.output.range(of: "</pre>", range: start.upperBound..<result.output.endIndex))
        let text = result.output[start.upperBound..<end.lowerBound]
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
        return try JSONDecoder().decode(Layout.self, from: Data(text.utf8))
    }
}

import Foundation
import TestSupport
import Testing

@Suite struct Sidecars {
    private let ansim = Tool()
    private var folder: String { ansim.folder.path + "/crawl" }

    init() throws {
        try ansim.registerSamples()
        for name in ["a.jpg", "b [x1].webp", "c.jpg", "d.jpg", "e.jpg"] {
            try ansim.folder.write(
                Data(contentsOf: URL(filePath: ansim.reference + "/coffee.jpg")), to: "crawl/" + name)
        }
        let files = [
            "a.jpg.json":
                #"{"file_url":"https://cdn.example/a.jpg","post_url":"https://example/p/1","date":"2024-05-06 07:08:09","author":{"name":"someone"}}"#,
            "b [x1].info.json":
                #"{"id":"x1","webpage_url":"https://video.example/x1","upload_date":"20240229","uploader":"Some One","url":"https://cdn.example/x1.webp"}"#,
            "c.jpg.json": "{broken", "d.jpg.json": #"{"x":""# + String(repeating: "y", count: 5 << 20) + "\"}",
            "lonely.json": "{}", "lonely.info.json": "{}",
        ]
        for (name, text) in files { try ansim.folder.write(Data(text.utf8), to: "crawl/" + name) }
    }

    private func records(_ options: String...) throws -> [String: [String: Any]] {
        let records = try ansim(["scan", "--all"] + options + [folder]).records.dropLast()
        return Dictionary(
            records.map { (String(($0["path"] as! String).dropFirst(folder.count + 1)), $0) },
            uniquingKeysWith: { a, _ in a })
    }

    @Test func tellWhereAFileCameFrom() throws {
        let records = try records()
        let a = try #require(records["a.jpg"])
        #expect(a["kind"] as? String == "match")
        #expect(a["url"] as? String == "https://cdn.example/a.jpg" && a["page"] as? String == "https://example/p/1")
        #expect(a["uploaded"] as? String == "2024-05-06T07:08:09Z" && a["sidecar"] as? String == "a.jpg.json")
        let b = try #require(records["b [x1].webp"])
        #expect(b["page"] as? String == "https://video.example/x1" && b["uploaded"] as? String == "2024-02-29")
        #expect(b["url"] as? String == "https://cdn.example/x1.webp")
        #expect(records["e.jpg"]?["sidecar"] == nil)
    }

    @Test func areNoItemsBesideTheirMedia() throws {
        let records = try records()
        #expect(
            Set(records.keys) == ["a.jpg", "b [x1].webp", "c.jpg", "d.jpg", "e.jpg", "lonely.json", "lonely.info.json"])
        #expect(records["lonely.json"]?["reason"] as? String == "notAPicture")
    }

    @Test func thatAreBrokenOrTooLargeAreNotedAndTheFileIsExamined() throws {
        let records = try records()
        for name in ["c.jpg", "d.jpg"] { #expect(records[name]?["kind"] as? String == "match") }
        #expect((records["c.jpg"]?["sidecarNote"] as? String)?.contains("JSON") == true)
        #expect((records["d.jpg"]?["sidecarNote"] as? String)?.contains("4194304 bytes") == true)
    }

    @Test func nameAPersonOnlyWhereItIsAskedFor() throws {
        #expect(try records().values.allSatisfy { $0["uploader"] == nil })
        let kept = try records("--keep-uploader")
        #expect(kept["a.jpg"]?["uploader"] as? String == "someone")
        #expect(kept["b [x1].webp"]?["uploader"] as? String == "Some One")
    }
}

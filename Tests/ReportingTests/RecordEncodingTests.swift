import Foundation
import MediaModel
import Reporting
import Testing

@Suite struct Records {
    private func identity(_ path: [UInt8]) -> ItemIdentity {
        ItemIdentity(
            provenance: Provenance(path: path), byteCount: 7,
            sha256: SHA256Digest(bytes: [UInt8](repeating: 0xAB, count: 32)))
    }

    private let picture = PictureFacts(
        format: .png, width: 30, height: 20, exifOrientation: 3, quality: Quality(rawValue: 77), isDegenerate: false,
        damage: nil, hasFurtherFrames: false, precision: .fast)

    @Test func ofMatchesHaveAFixedForm() {
        let match = Match(
            caseID: CaseID(rawValue: "2026-1")!, reference: ReferenceID(rawValue: 5), evidence: .whole, distance: 12,
            orientation: .rot90)
        var item = identity(Array("a/고양이.png".utf8))
        item.digests = ItemDigests(md5: String(repeating: "1", count: 32), sha1: String(repeating: "2", count: 40))
        let line = RecordEncoding.line(
            MatchRecord(item: item, media: .picture(picture), match: match),
            origin: RecordOrigin(engine: "0.1.0", settings: "0123", registry: "4567"))
        #expect(
            line == #"{"schema":"ansim/1","kind":"match","path":"a/고양이.png","bytes":7,"sha256":""#
                + String(repeating: "ab", count: 32)
                + #"","format":"png","width":30,"height":20,"exifOrientation":3,"quality":77,"precision":"fast","verdict":"match","#
                + #""case":"2026-1","reference":5,"found":"whole","distance":12,"orientation":"rot90","#
                + #""region":{"x":0,"y":0,"width":30,"height":20},"segments":[],"md5":"\#(String(repeating: "1", count: 32))","sha1":"\#(String(repeating: "2", count: 40))","engine":"0.1.0","registry":"4567","settings":"0123"}"#
        )
    }

    @Test func escapeWhatJSONCanNotHold() throws {
        let path = "quote\" back\\ newline\n tab\t bell\u{7} del\u{7F} 한글 😀"
        let failure = ItemFailure(.undecodable, .corrupt, path)
        let line = RecordEncoding.line(
            UnexaminedRecord(item: identity(Array(path.utf8)), failure: failure), settings: "x")
        #expect(!line.utf8.contains { $0 < 0x20 })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["path"] as? String == path)
        #expect(object["detail"] as? String == path)
        #expect(object["pathBytes"] == nil)
    }

    @Test func keepTheExactBytesOfAPathThatIsNotText() throws {
        let line = RecordEncoding.line(
            ItemRecord(item: identity([0x61, 0xFF]), media: nil, verdict: .clear, matches: 0), settings: "x")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["path"] as? String == "a\u{FFFD}")
        #expect(object["pathBytes"] as? String == "61ff")
    }

    @Test func ofTheEndCountEveryVerdict() throws {
        var summary = SummaryRecord()
        summary.items = 9
        summary.verdicts = [.clear: 3, .partial: 1, .undecodable: 2, .overLimit: 1, .match: 2]
        summary.isComplete = false
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(RecordEncoding.line(summary, settings: "x").utf8))
                as? [String: Any])
        #expect(object["complete"] as? Bool == false)
        #expect(object["clear"] as? Int == 3 && object["unsupported"] as? Int == 0 && object["overLimit"] as? Int == 1)
        #expect(summary.unexamined == 4)
    }
}

import MediaModel
import Reporting
import Testing

@Suite struct ReadingRecords {
    private func read(_ text: String) -> ReadRecord? {
        Array(text.utf8).withUnsafeBufferPointer { try? ReadRecord(line: $0) }
    }

    private let match =
        #"{"schema":"ansim/1","kind":"match","path":"a/b.jpg","bytes":7,"sha256":"\#(String(repeating: "ab", count: 32))","#
        + #""format":"jpeg","width":30,"height":20,"quality":77,"verdict":"match","case":"2026-1","reference":5,"#
        + #""found":"whole","distance":12,"orientation":"rot90","region":{"x":0,"y":0,"width":30,"height":20},"segments":[],"settings":"0123"}"#

    @Test func givesBackWhatTheEncodingWrote() throws {
        let identity = ItemIdentity(
            provenance: Provenance(path: [0x61, 0xFF, 0x22]), byteCount: 9,
            sha256: SHA256Digest(bytes: [UInt8](repeating: 0xCD, count: 32)))
        let segment = Segment(
            item: 100...2500, reference: 0...4800, speed: -2.0, orientation: .flipy, frames: 9, distinctFrames: 8,
            medianDistance: 6, leastDistance: 6)
        let facts = VideoFacts(
            format: .video, container: "mp4", codec: "h264", width: 64, height: 48, rotation: 0,
            durationMilliseconds: 5000, framesPerSecond: 25, damage: nil, hasFurtherStreams: false, precision: .fast)
        let line = RecordEncoding.line(
            MatchRecord(
                item: identity, media: .video(facts, frames: 12),
                match: Match(
                    caseID: CaseID(rawValue: "김 \"1\"")!, reference: ReferenceID(rawValue: 3), evidence: .video,
                    distance: 6, orientation: .flipy, segments: [segment], isNegative: true)),
            origin: RecordOrigin(engine: "0.1.0", settings: "0123", registry: "4567"))
        let record = try #require(read(line))
        #expect(record.kind == .match && record.exactPath == [0x61, 0xFF, 0x22] && record.byteCount == 9)
        #expect(record.sha256 == identity.sha256 && record.caseID?.rawValue == "김 \"1\"")
        #expect(record.evidence == .video && record.distance == 6 && record.orientation == .flipy && record.isNegative)
        #expect(record.segments == [segment] && record.durationMilliseconds == 5000)
    }

    @Test func passesOverKeysThatItDoesNotKnow() {
        let extended =
            match.dropLast()
            + #","later":{"a":[1,-2.5e3,null,true,"\u00e9\ud83d\ude00"]},"url":"https:\/\/x.example\/"}"#
        let record = read(String(extended))
        #expect(record?.url == "https://x.example/" && record?.distance == 12)
    }

    @Test(arguments: [
        ("", ""), (#""distance":12"#, #""distance":257"#), (#""distance":12"#, #""distance":-1"#),
        (#""distance":12"#, #""distance":012"#), (#""distance":12"#, #""distance":1.5"#),
        (#""distance":12"#, #""distance":12,"distance":13"#), (#""distance":12,"#, ""),
        (#""path":"a/b.jpg""#, #""path":"a\x""#), (#""path":"a/b.jpg""#, #""path":"\ud800""#),
        (#""path":"a/b.jpg""#, "\"path\":\"a\u{1}\""), (#""path":"a/b.jpg","#, ""), ("ansim/1", "ansim/2"),
        (#""kind":"match""#, #""kind":"surprise""#), (#""found":"whole""#, #""found":"guess""#),
        (#""sha256":"ab"#, #""sha256":"xy"#), (#"{"schema""#, #"[{"schema""#),
        (#""settings":"0123"}"#, #""settings":"0123"}}"#),
        (#""settings":"0123"}"#, #""settings":"0123""#), (#""settings":"0123"}"#, #""settings":"0123",}"#),
        (#""segments":[]"#, #""segments":[{"from":5,"to":1}]"#), (#""bytes":7"#, #""bytes":99999999999999999999"#),
        (#""settings":"0123""#, #""deep":\#(String(repeating: "[", count: 99))\#(String(repeating: "]", count: 99))"#),
    ])
    func refusesWhatNoRecordSays(part: String, by other: String) {
        #expect(read(match) != nil)
        #expect(read(part.isEmpty ? "" : match.replacing(part, with: other)) == nil)
    }

    @Test func refusesBytesThatAreNotText() {
        var bytes = Array(match.utf8)
        bytes[bytes.firstIndex(of: 0x61)!] = 0xFF
        #expect(bytes.withUnsafeBufferPointer { try? ReadRecord(line: $0) } == nil)
    }

    /// Whatever is done to a line, reading it ends with a record or an error.
    @Test func survivesBrokenLines() {
        var generator = Numbers(state: 7)
        for _ in 0..<20_000 {
            var bytes = Array(match.utf8)
            for _ in 0...Int(generator.next() % 3) {
                let place = Int(generator.next() % UInt64(bytes.count))
                switch generator.next() % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.removeSubrange(place...)
                default: bytes.insert(contentsOf: bytes[..<place], at: place)
                }
                if bytes.isEmpty { break }
            }
            _ = bytes.withUnsafeBufferPointer { try? ReadRecord(line: $0) }
        }
    }
}

private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}

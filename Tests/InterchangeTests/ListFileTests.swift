import Interchange
import JSONFields
import MediaModel
import Testing

private let hash = "8c629e779a663698b9a33866c026726c21a679f61eb6e1f8c79ba7e23c8299e0"
private let other = "79e07de27d7295339435d63cd31cf35a7bfa29eb2885008500a588a5ea3ae75a"
private let md5 = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4"
private let sha1 = md5 + "00112233"

private func pdq(_ text: String, _ quality: Int? = nil) -> ListedEntry.Signal {
    .pdq(Hash256(text)!, quality.map { Quality(rawValue: $0) })
}

private func frames(_ signal: ListedEntry.Signal) -> [FrameFeature]? {
    if case .video(let frames) = signal { frames } else { nil }
}

private func digest(_ kind: ListedDigest.Kind, _ text: String) -> ListedEntry.Signal {
    .digest(ListedDigest(kind, text)!)
}

/// Entries with their lines, nil where one can't be read.
private func read(_ text: String, isDigest: Bool = false) throws -> (entries: [(Int, ListedEntry?)], isAll: Bool) {
    var (entries, bytes) = ([(Int, ListedEntry?)](), Array(text.utf8))
    let isAll = try bytes.withUnsafeMutableBufferPointer {
        try ListFile(UnsafeBufferPointer($0), isDigest: isDigest).entries { entries.append(($0, $1)) }
    }
    return (entries, isAll)
}

private func only(_ text: String, isDigest: Bool = false) throws -> ListedEntry {
    let entries = try read(text, isDigest: isDigest).entries
    #expect(entries.count == 1)
    return try #require(entries.first?.1)
}

@Suite struct ListFiles {
    @Test func tellHashesByTheirDigits() throws {
        let text =
            "\u{FEFF}\(hash)\n\(other),90,a label, with a comma\r\n\n\(md5)\n\(sha1.uppercased()),,film\n\(hash),plain\n"
        let entries = try read(text).entries
        #expect(entries.map(\.0) == [1, 2, 4, 5, 6])
        #expect(
            entries.map { $0.1?.signals } == [
                [pdq(hash)], [pdq(other, 90)], [digest(.md5, md5)], [digest(.sha1, sha1)], [pdq(hash)],
            ])
        #expect(entries.map { $0.1?.label } == [nil, "a label, with a comma", nil, "film", "plain"])
        #expect(try only(hash, isDigest: true).signals == [digest(.sha256, hash)])
    }

    @Test func takeWhatMD5SumAndTXWrite() throws {
        #expect(try only("\(md5)  some file.jpg").signals == [digest(.md5, md5)])
        #expect(try only("\(md5)  some file.jpg").label == "some file.jpg")
        #expect(try only("pdq \(hash)").signals == [pdq(hash)])
        #expect(try only("video_md5 \(md5)").signals == [digest(.md5, md5)])
        let json = #"["\#(hash),100,0.000", "\#(other),90,1.500"]"#
        let quoted = "\"" + json.replacing("\"", with: "\"\"") + "\""
        let csv =
            "collab,signal_type,signal_str,category,tags\nSample,pdq,\(hash),POSITIVE_CLASS,a b\nSample,vpdq,\(quoted),DISPUTED,\nSample,url,https://a,,\n"
        let entries = try read(csv).entries
        #expect(entries.map(\.0) == [2, 3, 4])
        #expect(entries[0].1?.signals == [pdq(hash)] && entries[0].1?.tags == ["a", "b"])
        #expect(entries[0].1?.opinion == .positive && entries[1].1?.opinion == .disputed)
        let video = try #require(entries[1].1?.signals.first.flatMap(frames))
        #expect(video.map(\.milliseconds) == [0, 1500] && video[1].feature.quality.rawValue == 90)
        #expect(entries[2].1?.signals == [.foreign])
    }

    @Test(arguments: [
        "0,100,\(hash),0.000\n30,90,\(other),1.000\n",
        #"["\#(hash),100,0.0","\#(other),90,1.000"]"#,
        #"{"0":{"quality":100,"hash":"\#(hash)","timestamp":0.0},"30":{"quality":90,"hash":"\#(other)","timestamp":1.0}}"#,
        #"{"vpdq":["\#(hash),100,0","\#(other),90,1"],"label":"x"}"#,
        #"[{"vpdq":["\#(hash),100,0","\#(other),90,1"]}]"#,
    ])
    func takeVideosInAllForms(text: String) throws {
        let found = try #require(only(text).signals.first.flatMap(frames))
        #expect(found.map(\.milliseconds) == [0, 1000])
        #expect(found.map(\.feature.hash) == [Hash256(hash)!, Hash256(other)!])
        #expect(found.map(\.feature.quality.rawValue) == [100, 90])
    }

    @Test(arguments: [
        "0,100,\(hash),0.000\n30,90,\(other)\n", "0,100,\(hash),5.000\n30,90,\(other),1.000\n",
        "0,100,\(hash),0.000\nnonsense\n",
    ])
    func refuseABrokenVideo(text: String) {
        #expect(throws: ListProblem.self) { try read(text) }
    }

    @Test func takeThreatExchange() throws {
        let text = """
            {"data":[
             {"id":"1","indicator":"\(hash)","type":"HASH_PDQ","last_updated":1,"should_delete":false,
              "descriptors":{"data":[
               {"id":"2","owner":{"id":"7"},"status":"MALICIOUS","tags":{"data":[{"text":"ncii"}]},
                "reactions":[{"key":"HELPFUL","value":"8,9"}]},
               {"id":"3","owner":{"id":"8"},"status":"UNKNOWN","tags":["b"]}]}},
             {"id":"4","indicator":"\(md5)","type":"HASH_VIDEO_MD5","last_updated":1,"should_delete":true},
             {"id":"5","indicator":"\(other)","type":"HASH_PDQ","should_delete":false,
              "descriptors":{"data":[{"id":"6","owner":{"id":"7"},"status":"NON_MALICIOUS"}]}},
             {"id":"6","indicator":"\(other)","type":"HASH_PDQ","should_delete":false,
              "descriptors":{"data":[{"id":"6","owner":{"id":"7"},"status":"MALICIOUS","reactions":
               [{"key":"DISAGREE_WITH_TAGS","value":"11"}]}]}},
             {"id":"7","indicator":"https://example.org","type":"URI","should_delete":false,"descriptors":{"data":[
              {"status":"MALICIOUS"}]}},
             {"id":"8","indicator":"nonsense","type":"HASH_PDQ"}
            ],"paging":{}}
            """
        let (entries, isAll) = try read(text)
        #expect(isAll && entries.map(\.0) == [2, 7, 8, 10, 13, 15])
        #expect(entries[0].1?.signals == [pdq(hash)] && entries[0].1?.opinion == .positive)
        #expect(entries[0].1?.tags == ["ncii", "b"] && entries[0].1?.isWithdrawn == false)
        #expect(entries[1].1?.isWithdrawn == true && entries[1].1?.signals == [digest(.md5, md5)])
        #expect(entries[2].1?.opinion == .negative && entries[3].1?.opinion == .disputed)
        #expect(entries[4].1?.signals == [.foreign])
        #expect(entries[5].1 == nil)
    }

    @Test func takeNCMEC() throws {
        let text = """
            {"updates":[{"id":"image1","member_id":42,"entry_type":"image","deleted":false,"classification":"A1",
            "fingerprints":{"md5":"\(md5)","sha1":"\(sha1)","pdna":"a1a1","pdq":"\(hash)"}},
            {"id":"image4","member_id":43,"entry_type":"image","deleted":true,"classification":null,"fingerprints":{}}],
            "max_timestamp":1508857800,"next":""}
            """
        let entries = try read(text).entries
        #expect(entries.map(\.1?.key) == ["42-image1", "43-image4"])
        #expect(entries[0].1?.signals == [digest(.md5, md5), .foreign, pdq(hash), digest(.sha1, sha1)])
        #expect(entries[0].1?.tags == ["A1"] && entries[0].1?.opinion == .positive)
        #expect(entries[1].1?.isWithdrawn == true && entries[1].1?.signals == [])
        let byName = #"{"42-a":{"id":"a","member_id":42,"entry_type":"video","fingerprints":{"md5":"\#(md5)"}}}"#
        #expect(try only(byName).signals == [digest(.md5, md5)])
    }

    @Test func takeStopNCII() throws {
        func record(_ state: String, _ feedback: String = "") -> String {
            #"{"lastModtimestamp":1,"hashValue":"\#(hash)","signalType":"ImagePDQ","hashStatus":"\#(state)","caseNumbers":{},"CSPFeedbacks":[\#(feedback)]}"#
        }
        func feedback(_ value: String) -> String { #"{"source":"x","feedbackValue":"\#(value)","tags":["t"]}"# }
        let records = [
            record("Active", feedback("Blocked")), record("Withdrawn"), record("Deleted"),
            record("Received", feedback("NotBlocked")), record("Active"),
            #"{"hashValue":"\#(hash)","signalType":"ImagePDQ","caseNumbers":{"a":"Withdrawn","b":"Deleted"}}"#,
            #"{"hashValue":"\#(hash)","signalType":"ImagePDQ","caseNumbers":{"a":"Withdrawn","b":"Active"}}"#,
        ]
        let page = #"{"count":2,"hasMoreRecords":true,"hashRecords":[\#(records.joined(separator: ","))]}"#
        let (entries, isAll) = try read(page)
        #expect(!isAll)
        #expect(entries.map { $0.1?.isWithdrawn } == [false, true, true, false, false, true, false])
        #expect(
            entries.prefix(5).map { $0.1?.opinion } == [.positive, .unconfirmed, .unconfirmed, .disputed, .unconfirmed])
        #expect(entries[0].1?.tags == ["t"])
        // Also as lines, and as pages in an array.
        #expect(try read(records.joined(separator: "\n")).entries.map(\.0) == [1, 2, 3, 4, 5, 6, 7])
        #expect(try read("[\(page)]").entries.count == 7)
        #expect(try !read("[\(page)]").isAll)
    }

    @Test func tellWhereTheyCantBeRead() throws {
        let text =
            "\(hash)\nnonsense\n\(hash),101\n{\"pdq\":\"\(hash)\"\n{\"pdq\":\"\(hash)\",\"quality\":1.5}\n{\"pdq\":\"\(hash)\"}\n"
        #expect(try read(text).entries.filter { $0.1 == nil }.map(\.0) == [2, 3, 4, 5])
        let cut = "[\n{\"pdq\":\"\(hash)\"},\n{\"pdq\":\n"
        do {
            _ = try read(cut)
            Issue.record("a list that is cut off was read")
        } catch let problem as ListProblem { #expect(problem.line >= 3) }
        #expect(throws: ListProblem.self) { try read(String(repeating: "[", count: 100_000)) }
        #expect(try read("\n \n").entries.isEmpty)
    }

    @Test(arguments: ListWriter.Form.allCases)
    func areReadAsTheyWereWritten(form: ListWriter.Form) throws {
        var entry = ExportedEntry(number: 3, registered: 1_700_000_000, opinion: .positive)
        entry.tags = ["a \"b\""]
        let isVideo = form == .vpdq || form == .vpdqJSON
        if isVideo {
            entry.frames = [(0, hash), (61_005, other)].map {
                FrameFeature(
                    milliseconds: $0.0,
                    feature: Feature(hash: Hash256($0.1)!, quality: Quality(rawValue: 80), isDegenerate: false))
            }
        } else {
            (entry.hash, entry.quality) = (Hash256(hash), Quality(rawValue: 80))
        }
        var writer = ListWriter(form, wantsDigests: false)
        var lines = [writer.head].compactMap { $0 } + writer.lines(entry)
        if !isVideo { lines += writer.lines(entry) }
        lines += [writer.tail].compactMap { $0 }
        let (entries, isAll) = try read(lines.joined(separator: "\n") + "\n")
        #expect(isAll && entries.count == (isVideo ? 1 : 2))
        for (_, found) in entries {
            #expect(found?.isWithdrawn == false)
            if isVideo {
                #expect(found?.signals == [.video(entry.frames)])
            } else {
                #expect(found?.signals.map(Self.bits) == [hash])
                #expect(form == .csv || found?.opinion == .positive)
                #expect(form == .csv || found?.tags == entry.tags)
            }
        }
    }

    private static func bits(_ signal: ListedEntry.Signal) -> String {
        if case .pdq(let hash, _) = signal { "\(hash)" } else { "" }
    }
}

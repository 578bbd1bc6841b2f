import Foundation
import TestSupport
import Testing

@Suite struct Evidence {
    private let ansim = Tool()

    private func scanned() throws -> (records: String, folder: String) {
        try ansim.registerSamples()
        let folder = ansim.folder.path + "/crawl"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["0001.jpg", "0002.jpg", "0003.jpg", "0005.png"] {
            try FileManager.default.copyItem(atPath: ansim.crawl + "/board/" + name, toPath: folder + "/" + name)
        }
        let records = ansim.folder.path + "/records.jsonl"
        #expect(try ansim("scan", "--quiet", "--output", records, folder).status == 0)
        return (records, folder)
    }

    private func matches(_ file: String) throws -> [[String: Any]] {
        try String(contentsOf: URL(filePath: file), encoding: .utf8).split(separator: "\n")
            .map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as! [String: Any] }
            .filter { $0["kind"] as? String == "match" }
    }

    @Test func ofAMatchNamesTheFileAsOldListsDo() throws {
        let (records, _) = try scanned()
        let found = try matches(records)
        #expect(found.count == 4)
        for record in found {
            let path = try #require(record["path"] as? String)
            for (tool, key) in [("md5sum", "md5"), ("sha1sum", "sha1"), ("sha256sum", "sha256")] {
                let sum = try run(URL(filePath: "/usr/bin/\(tool)"), [path]).output.split(separator: " ")[0]
                #expect(record[key] as? String == String(sum))
            }
            #expect(record["engine"] as? String == "0.1.0" && (record["registry"] as? String)?.count == 16)
        }
        // What is known by a ledger has the same evidence.
        #expect(try ansim("scan", "--quiet", "--output", records, ansim.folder.path + "/crawl").status == 0)
        #expect(try matches(records) as NSArray == found as NSArray)
    }

    @Test func ofTheRegistryChangesWithItAndTellsNothing() throws {
        let (records, _) = try scanned()
        let first = try #require(try matches(records)[0]["registry"] as? String)
        let other = Tool()
        try other.registerSamples()
        let elsewhere = try other("scan", "--quiet", ansim.folder.path + "/crawl").records[0]
        // The same references in another registry: the digest is salted.
        #expect(elsewhere["registry"] as? String != first)
        #expect(try ansim("registry", "remove", "9").status == 0)
        #expect(try ansim("scan", "--quiet", ansim.folder.path + "/crawl").records[0]["registry"] as? String != first)
    }

    @Test func isVerifiedFromTheOriginals() throws {
        let (records, folder) = try scanned()
        let whole = try ansim("verify-evidence", records)
        #expect(whole.status == 0 && whole.lines.count == 4 && whole.lines.allSatisfy { $0.hasPrefix("holds ") })

        // A byte more, a file that is gone, another picture under its name.
        let handle = try FileHandle(forWritingTo: URL(filePath: folder + "/0001.jpg"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([0]))
        try handle.close()
        try FileManager.default.removeItem(atPath: folder + "/0002.jpg")
        try FileManager.default.removeItem(atPath: folder + "/0003.jpg")
        try FileManager.default.copyItem(atPath: folder + "/0005.png", toPath: folder + "/0003.jpg")
        let changed = try ansim("verify-evidence", records)
        #expect(changed.status == 2)
        #expect(changed.lines[0].hasPrefix("differs ") && changed.lines[0].contains("SHA-256"))
        #expect(!changed.lines[0].contains("distance"))
        #expect(changed.lines[1].hasPrefix("unread ") && changed.lines[2].contains("no match now"))
        #expect(changed.lines[3].hasPrefix("holds "))
        #expect(changed.errors.contains("4 match records: 1 hold, 2 do not"))
    }

    @Test func isVerifiedByBytesWhenTheReferenceIsGone() throws {
        let (records, _) = try scanned()
        let reference = try #require(try matches(records)[0]["reference"] as? Int)
        #expect(try ansim("registry", "remove", "\(reference)").status == 0)
        let result = try ansim("verify-evidence", records)
        #expect(result.status == 2 && result.lines[0].hasPrefix("bytes only ") && result.lines[1].hasPrefix("holds "))
    }

    @Test func thatWasForgedDoesNotHold() throws {
        let (records, _) = try scanned()
        let text = try String(contentsOf: URL(filePath: records), encoding: .utf8)
        let md5 = try #require(try matches(records)[0]["md5"] as? String)
        let forged = text.replacing(md5, with: String(repeating: "0", count: 32)) + "garbage\n"
        let file = try ansim.folder.write(Data(forged.utf8), to: "forged.jsonl")
        let result = try ansim("verify-evidence", file.path)
        #expect(result.status == 2 && result.lines[0].contains("MD5") && result.errors.contains("1 of 6 lines"))
    }

    private static let archives = """
        files = [(n, read(crawl + '/board/' + n)) for n in ['0001.jpg', '0002.jpg', '0003.jpg', '0005.png']]
        tar('flat.tar', files)
        with zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED) as z:
            for n, d in files: z.writestr(n, d)
        tar('nested.tar', [('coffee.jpg', coffee), ('a.zip', read('a.zip'))])
        warc('crawl.warc.gz', [record('response', 'https://a.example/' + n, http(d)) for n, d in files], each=True)
        with zipfile.ZipFile('crawl.wacz', 'w') as z: z.write('crawl.warc.gz', 'archive/crawl.warc.gz')
        os.remove('a.zip')
        """

    /// Members are unpacked again, and only those that records name are looked at.
    @Test func ofMembersIsVerifiedFromTheirArchives() throws {
        try ansim.registerSamples()
        try makeArchives(in: ansim.folder, Self.archives)
        let folder = ansim.folder.path
        _ = try run(
            URL(filePath: "/usr/bin/bsdtar"),
            ["-c", "--format=7zip", "-f", folder + "/b.7z", "-C", ansim.crawl + "/board", "0001.jpg", "0003.jpg"])
        let records = folder + "/records.jsonl"
        // The registry lies there, too, and is no picture.
        #expect(try ansim("scan", "--quiet", "--all", "--output", records, folder).status == 2)
        let found = try matches(records)
        #expect(Set(found.compactMap { $0["path"] as? String }).count == 5)
        #expect(
            found.count == 4 + 4 + 1 + 4 + 4 + 2 && found.allSatisfy { $0["memberIndex"] != nil && $0["md5"] != nil })
        let whole = try ansim("verify-evidence", records)
        #expect(whole.status == 0 && whole.lines.count == found.count, "\(whole.output) \(whole.errors)")
        #expect(
            whole.lines.allSatisfy { $0.hasPrefix("holds ") } && whole.output.contains("nested.tar!/a.zip!/0003.jpg:"))
        let report = try ansim("report", "--thumbnails", records)
        #expect(report.status == 0 && !report.output.contains("no thumbnail"), "\(report.errors)")

        // A member less, another archive that is gone, one that is cut off.
        try makeArchives(
            in: ansim.folder,
            """
            tar('flat.tar', [(n, read(crawl + '/board/' + n)) for n in ['0001.jpg', '0003.jpg', '0002.jpg']])
            data = read('crawl.warc.gz')
            open('crawl.warc.gz', 'wb').write(data[:len(data) // 2])
            os.remove('b.7z')
            """)
        let changed = try ansim("verify-evidence", records)
        func lines(_ archive: String, _ outcome: String) -> Int {
            changed.lines.filter { $0.hasPrefix(outcome) && $0.contains(archive) }.count
        }
        #expect(changed.status == 2 && changed.lines.count == found.count)
        #expect(lines("flat.tar!/", "holds ") == 1 && lines("flat.tar!/", "differs ") == 2)
        #expect(
            lines("flat.tar!/0005.png: no such member any more", "unread ") == 1 || lines("flat.tar!/", "unread ") == 1)
        #expect(lines("b.7z!/", "unread ") == 2 && changed.output.contains("its archive: can't be opened"))
        #expect(
            lines("crawl.warc.gz (https", "differs ") + lines("crawl.warc.gz (https", "unread ") >= 1
                && lines("nested.tar!/", "holds ") == 5)
        let pictures = try ansim("report", "--thumbnails", records)
        #expect(pictures.status == 0 && pictures.output.contains("the file changed since the scan"))
        #expect(pictures.output.contains("can&#39;t be opened"))
    }

    /// What a rematch finds later has the evidence of a scan.
    @Test func isInTheLedger() throws {
        _ = try ansim("register", "--case", "other", ansim.reference + "/coffee.jpg")
        try makeArchives(in: ansim.folder, Self.archives)
        let folder = ansim.folder.path
        let (records, ledger) = (folder + "/records.jsonl", folder + "/ledger")
        for name in ["flat.tar", "crawl.warc.gz"] {
            #expect(
                try ansim("scan", "--quiet", "--ledger", ledger, "--ledger-digests", folder + "/" + name).status == 0)
        }
        try ansim.registerSamples()
        let rematch = try ansim("rematch", "--quiet", "--ledger", ledger, "--case", "demo").records
        let found = rematch.filter { $0["kind"] as? String == "match" }
        #expect(found.count == 8)
        #expect(
            try ansim("scan", "--quiet", "--output", records, folder + "/flat.tar", folder + "/crawl.warc.gz").status
                == 0)
        func evidence(_ records: [[String: Any]]) -> Set<String> {
            Set(
                records.filter { $0["case"] as? String == "demo" }.map { record in
                    ["path", "memberIndex", "sha256", "md5", "sha1", "bytes"].map { "\(record[$0] ?? "-")" }.joined(
                        separator: " ")
                })
        }
        #expect(evidence(found) == evidence(try matches(records)) && !evidence(found).contains { $0.contains(" - ") })
    }
}

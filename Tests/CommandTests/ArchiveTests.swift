import Foundation
import TestSupport
import Testing

@Suite struct Archives {
    private let ansim = Tool()

    init() throws { try ansim.registerSamples() }

    private func path(_ name: String) -> String { ansim.folder.path + "/" + name }

    private func records(_ name: String, _ options: String...) throws -> [[String: Any]] {
        try ansim(["scan", "--all", "--quiet"] + options + [path(name)]).records
    }

    private func items(_ name: String, _ options: String...) throws -> [[String: Any]] {
        try ansim(["scan", "--all", "--quiet"] + options + [path(name)]).records
            .filter { $0["kind"] as? String == "item" }
    }

    @Test func showWhatTheSameFilesShowLoose() throws {
        try makeArchives(
            in: ansim.folder,
            """
            files = sorted(os.path.relpath(os.path.join(d, f), crawl) for d, _, fs in os.walk(crawl) for f in fs)
            files = [(f, read(os.path.join(crawl, f))) for f in files]
            tar('crawl.tar', files)
            for mode in ['gz', 'xz', 'bz2']: tar('crawl.tar.' + mode, files, 'w:' + mode)
            os.system('zstd -q crawl.tar')
            for name, how in [('stored', zipfile.ZIP_STORED), ('deflated', zipfile.ZIP_DEFLATED)]:
                with zipfile.ZipFile(name + '.zip', 'w', how) as z:
                    for n, d in files: z.writestr(n, d)
            """)
        // By content, not by name.
        try FileManager.default.moveItem(atPath: path("stored.zip"), toPath: path("holiday.jpg"))
        _ = try run(
            URL(filePath: "/usr/bin/bsdtar"), ["-c", "--format=7zip", "-f", path("crawl.7z"), "-C", ansim.crawl, "."])
        func found(_ records: [[String: Any]], _ name: (([String: Any]) -> String?)) -> [String] {
            records.filter { $0["kind"] as? String == "match" }.map {
                "\(name($0)!) \($0["reference"]!) \($0["distance"]!)"
            }
            .sorted()
        }
        let loose = try ansim("scan", "--quiet", ansim.crawl).records
        let expected = found(loose) { ($0["path"] as? String).map { String($0.dropFirst(ansim.crawl.count + 1)) } }
        for name in [
            "crawl.tar", "crawl.tar.gz", "crawl.tar.xz", "crawl.tar.bz2", "crawl.tar.zst", "holiday.jpg",
            "deflated.zip",
            "crawl.7z",
        ] {
            let records = try records(name)
            #expect(
                found(records) { ($0["member"] as? String).map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 } }
                    == expected,
                "\(name)")
            #expect(records.filter { $0["kind"] as? String == "item" }.count == ExpectedFile.all.count, "\(name)")
            #expect(records.last?["archives"] as? Int == 1)
        }
        let first = try ansim("scan", "--all", "--workers", "1", ansim.folder.path).output
        #expect(try ansim("scan", "--all", "--workers", "5", ansim.folder.path).output == first)
    }

    @Test func ofDataSetsTellWhereASampleCameFrom() throws {
        try makeArchives(
            in: ansim.folder,
            """
            members = []
            for i, data in enumerate([coffee, raccoon]):
                key = '%09d' % i
                fields = json.dumps({'url': 'https://a.example/%d.jpg' % i, 'key': key, 'status': 'success', 'caption': 'x'}).encode()
                members += [(key + '.jpg', data), (key + '.json', fields), (key + '.txt', b'a caption')]
            members += [('lonely.json', b'{}'), ('pair.jpg', coffee), ('pair.jpg.json', b'{"post_url":"https://b.example/p"}'),
                        ('bad.jpg', coffee), ('bad.json', b'{x')]
            tar('00000.tar', members)
            """)
        let records = try records("00000.tar")
        let byMember = Dictionary(
            records.compactMap { r in (r["member"] as? String).map { ($0, r) } }, uniquingKeysWith: { a, _ in a })
        #expect(Set(byMember.keys) == ["000000000.jpg", "000000001.jpg", "lonely.json", "pair.jpg", "bad.jpg"])
        let one = try #require(byMember["000000001.jpg"])
        #expect(one["url"] as? String == "https://a.example/1.jpg" && one["key"] as? String == "000000001")
        #expect(one["status"] as? String == "success" && one["sidecar"] as? String == "000000001.json")
        #expect(byMember["pair.jpg"]?["page"] as? String == "https://b.example/p")
        #expect(byMember["bad.jpg"]?["sidecarNote"] is String && byMember["bad.jpg"]?["kind"] as? String == "match")
    }

    @Test func withinArchivesAreOpenedToADepth() throws {
        try makeArchives(
            in: ansim.folder,
            """
            data = coffee
            name = 'coffee.jpg'
            for level in range(5):
                tar('level%d.tar' % level, [(name, data)])
                data, name = read('level%d.tar' % level), 'level%d.tar' % level
            with open('single.gz', 'wb') as f: f.write(gzip.compress(coffee))
            """)
        let three = try records("level2.tar")
        #expect(three.first?["kind"] as? String == "match")
        #expect(three.first?["member"] as? String == "level1.tar!/level0.tar!/coffee.jpg")
        #expect(three.first?["memberIndex"] as? [Int] == [0, 0, 0])
        #expect(three.last?["archives"] as? Int == 3)
        let four = try records("level3.tar")
        #expect(four.first?["reason"] as? String == "tooDeep" && four.first?["verdict"] as? String == "overLimit")
        #expect(try records("level3.tar", "--max-archive-depth", "4").first?["kind"] as? String == "match")
        #expect(try records("level0.tar", "--max-archive-depth", "0").first?["reason"] as? String == "tooDeep")
        #expect(try items("single.gz").first?["matches"] as? Int == 1)
    }

    @Test func holdTheLimits() throws {
        try makeArchives(
            in: ansim.folder,
            """
            tar('many.tar', [('%d.jpg' % i, coffee) for i in range(10)])
            with gzip.open('bomb.gz', 'wb', 9) as f:
                for _ in range(600): f.write(b'x' * (1 << 20))
            with gzip.open('bomb.tar.gz', 'wb', 9) as f:
                info = tarfile.TarInfo('zeros'); info.size = 600 << 20
                f.write(info.tobuf())
                for _ in range(600): f.write(bytes(1 << 20))
            with zipfile.ZipFile('bomb.zip', 'w', zipfile.ZIP_DEFLATED) as z:
                for i in range(6): z.writestr('zeros%d' % i, bytes(100 << 20))
                z.writestr('coffee.jpg', coffee)
            warc('bomb.warc', [record('response', 'http://a/bomb', http(gzip.compress(bytes(400 << 20)), Content_Encoding='gzip')),
                               record('response', 'http://a/good', http(coffee))])
            # A member of 5 GiB, of which nearly all is a hole.
            info = tarfile.TarInfo('huge.jpg'); info.size = 5 << 30
            with open('sparse.tar', 'wb') as f:
                f.write(info.tobuf(tarfile.GNU_FORMAT)); f.seek(5 << 30, 1)
                after = tarfile.TarInfo('coffee.jpg'); after.size = len(coffee)
                f.write(after.tobuf(tarfile.GNU_FORMAT) + coffee + bytes(-len(coffee) % 512) + bytes(1024))
            open('truth', 'wb').truncate(5 << 30)
            with open('truth', 'r+b') as f: f.write(coffee)
            os.system('tar -S -cf gnu-sparse.tar truth && rm truth')
            """)
        func reasons(_ name: String, _ options: String...) throws -> [String] {
            try ansim(["scan", "--all", "--quiet"] + options + [path(name)]).records.compactMap {
                $0["reason"] as? String
            }
        }
        #expect(try reasons("many.tar", "--max-archive-members", "4") == ["tooManyMembers"])
        #expect(try items("many.tar", "--max-archive-members", "4").count >= 4)
        #expect(try reasons("many.tar", "--max-member-bytes", "1000").prefix(2) == ["tooManyBytes", "tooManyBytes"])
        for bomb in ["bomb.gz", "bomb.tar.gz", "bomb.zip"] {
            #expect(try reasons(bomb).contains("tooCompressed"), "\(bomb)")
        }
        #expect(try reasons("bomb.warc").contains("tooCompressed"))
        #expect(
            try reasons("bomb.warc", "--max-archive-ratio", "100000", "--max-member-bytes", "1000000") == [
                "tooManyBytes"
            ])
        for sparse in ["sparse.tar", "gnu-sparse.tar"] { #expect(try reasons(sparse) == ["tooManyBytes"], "\(sparse)") }
        #expect(
            try items("sparse.tar").contains { $0["member"] as? String == "coffee.jpg" && $0["matches"] as? Int == 1 })
        #expect(try ansim("scan", "--max-archive-ratio", "0", path("many.tar")).status == 64)
    }

    @Test func withOddNamesAreExaminedAll() throws {
        try makeArchives(
            in: ansim.folder,
            """
            names = ['../../escape.jpg', '/etc/passwd.jpg', 'same.jpg', 'same.jpg', 'a\\nb\\x1b[2J.jpg', '한글.jpg', 'x' * 3000 + '.jpg', '..\\\\w.jpg']
            tar('odd.tar', [(n, coffee) for n in names])
            with zipfile.ZipFile('odd.zip', 'w') as z:
                for n in names: z.writestr(n, coffee)
            info = tarfile.TarInfo('link.jpg'); info.type = tarfile.SYMTYPE; info.linkname = '/etc/passwd'
            with tarfile.open('odd.tar', 'a') as t: t.addfile(info)
            with open('bytes.tar', 'wb') as f:
                info = tarfile.TarInfo('caf\\udce9.jpg'); info.size = len(coffee)
                f.write(info.tobuf(tarfile.USTAR_FORMAT, 'utf-8', 'surrogateescape') + coffee + bytes(-len(coffee) % 512) + bytes(1024))
            """)
        for name in ["odd.tar", "odd.zip"] {
            let items = try items(name)
            #expect(items.count == 8 && items.allSatisfy { $0["matches"] as? Int == 1 }, "\(name)")
            #expect(
                items.map { $0["unsafeName"] as? Bool ?? false } == [
                    true, true, false, false, false, false, false, true,
                ], "\(name)")
            #expect(items[2]["member"] as? String == items[3]["member"] as? String)
            #expect(items[2]["memberIndex"] as? [Int] != items[3]["memberIndex"] as? [Int])
            #expect(items[5]["member"] as? String == "한글.jpg")
        }
        #expect(try items("bytes.tar").first?["memberBytes"] as? String == "636166e92e6a7067")
        let text = try ansim("scan", "--format", "text", path("odd.tar")).output
        #expect(!text.contains("\u{1B}") && text.split(separator: "\n").count == 8)
        // Nothing was written anywhere.
        #expect(!FileManager.default.fileExists(atPath: ansim.folder.path + "/../../escape.jpg"))
    }

    @Test func thatAreBrokenAreTold() throws {
        try makeArchives(
            in: ansim.folder,
            """
            members = [('a.jpg', coffee), ('b.jpg', raccoon), ('c.jpg', coffee)]
            tar('whole.tar', members)
            open('cut.tar', 'wb').write(read('whole.tar')[:len(coffee) + 9000])
            tar('whole.tar.gz', members, 'w:gz')
            open('cut.tar.gz', 'wb').write(read('whole.tar.gz')[:len(coffee) + 9000])
            with zipfile.ZipFile('whole.zip', 'w', zipfile.ZIP_DEFLATED) as z:
                for n, d in members: z.writestr(n, d)
            data = bytearray(read('whole.zip'))
            for i in range(len(coffee) // 2, len(coffee) // 2 + 40): data[i] ^= 0x55
            open('flipped.zip', 'wb').write(data)
            open('head.zip', 'wb').write(read('whole.zip')[:100])
            open('noise.7z', 'wb').write(b'7z\\xbc\\xaf\\x27\\x1c' + os.urandom(5000))
            open('noise.gz', 'wb').write(b'\\x1f\\x8b\\x08' + os.urandom(5000))
            """)
        _ = try run(
            URL(filePath: "/usr/bin/zip"), ["-q", "-P", "secret", path("secret.zip"), ansim.reference + "/coffee.jpg"])
        for name in ["cut.tar", "cut.tar.gz"] {
            let records = try records(name)
            #expect(records.first?["kind"] as? String == "match", "\(name)")
            #expect(records.contains { $0["reason"] as? String == "damaged" && $0["member"] == nil }, "\(name)")
        }
        let flipped = try records("flipped.zip")
        #expect(
            flipped.filter { $0["kind"] as? String == "match" }.compactMap { $0["member"] as? String }.contains("b.jpg")
        )
        #expect(flipped.contains { $0["flaw"] is String })
        for name in ["head.zip", "noise.7z", "noise.gz"] {
            #expect(try records(name).contains { $0["kind"] as? String == "unexamined" }, "\(name)")
        }
        #expect(try records("secret.zip").first?["verdict"] as? String == "unsupported")
    }

    @Test func areAnsweredOnStandardInputByTheirMembersAndOneRecordMore() throws {
        try makeArchives(in: ansim.folder, "tar('two.tar', [('a.jpg', coffee), ('b.jpg', raccoon)])")
        let result = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c", "echo '{\"path\":\"\(path("two.tar"))\",\"id\":5}' | \"$0\" scan --quiet -",
                Paths.product("ansim").path,
            ],
            environment: ["ANSIM_REGISTRY": ansim.registry])
        let records = try result.records
        #expect(records.map { $0["kind"] as? String } == ["match", "item", "match", "item", "archive", "summary"])
        #expect(records.dropLast().allSatisfy { ($0["given"] as? [String: Any])?["id"] as? Int == 5 })
    }

    /// Known members are not decoded again, and a change of the archive is noticed.
    @Test func resumeFromTheLedger() throws {
        try makeArchives(in: ansim.folder, "tar('x.tar', [('%d.jpg' % i, coffee + b'%d' % i) for i in range(40)])")
        let output = path("out.jsonl")
        let fresh = try ansim("scan", "--all", path("x.tar")).output
        for _ in 1...2 {
            try ansim("scan", "--all", "--output", output, path("x.tar"))
            #expect(try String(contentsOfFile: output, encoding: .utf8) == fresh)
        }
        try makeArchives(in: ansim.folder, "tar('x.tar', [('%d.jpg' % i, raccoon + b'%d' % i) for i in range(3)])")
        try ansim("scan", "--all", "--output", output, path("x.tar"))
        #expect(try String(contentsOfFile: output, encoding: .utf8) == ansim("scan", "--all", path("x.tar")).output)
    }
}

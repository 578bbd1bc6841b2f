import Foundation
import TestSupport
import Testing

@Suite struct WebArchives {
    private let ansim = Tool()

    init() throws { try ansim.registerSamples() }

    private func path(_ name: String) -> String { ansim.folder.path + "/" + name }

    private func records(_ name: String, _ options: String...) throws -> [[String: Any]] {
        try ansim(["scan", "--all", "--quiet"] + options + [path(name)]).records
    }

    private func items(_ name: String, _ options: String...) throws -> [[String: Any]] {
        try records(name).filter { $0["kind"] as? String == "item" }
    }

    /// Debian's wget, a server on loopback, and the archive scanned as it is.
    @Test(.timeLimit(.minutes(10))) func ofWgetShowEveryCopyWithItsAddress() throws {
        let result = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c",
                """
                set -e; cd "$1"; cp -r "$0" site
                python3 - <<'END'
                import os, urllib.parse
                names = [os.path.relpath(os.path.join(d, f), 'site') for d, _, fs in os.walk('site') for f in fs]
                open('site/index.html', 'w').write(''.join('<img src="%s">' % urllib.parse.quote(n) for n in sorted(names)))
                END
                python3 -u -c '
                import http.server, functools
                handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="site")
                server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
                print(server.server_port, flush=True)
                server.serve_forever()' > port 2> /dev/null & server=$!
                trap 'kill -9 $server' EXIT
                until [ -s port ]; do sleep 0.05; done
                wget -q -r -l 1 --warc-file=crawl -P copies "http://127.0.0.1:$(cat port)/index.html"
                cat port
                """, ansim.crawl, ansim.folder.path,
            ])
        #expect(result.status == 0, "\(result.errors)")
        let base = "http://127.0.0.1:\(try #require(result.lines.first))/"
        let records = try records("crawl.warc.gz")
        var found: Set<String> = []
        for record in records where record["kind"] as? String == "match" {
            let url = try #require(record["url"] as? String)
            found.insert(String(url.dropFirst(base.count)).removingPercentEncoding!)
            #expect(url.hasPrefix(base) && record["page"] as? String == base + "index.html")
            #expect(record["payloadDigestHolds"] as? Bool == true && record["ip"] as? String == "127.0.0.1")
            #expect(record["captured"] is String && record["recordId"] is String && record["offset"] is Int)
        }
        #expect(found == Set(ExpectedFile.all.filter { $0.copyOf != nil }.map(\.file)))
        // From its ledger, the same; and where it was stays known without the archive.
        let output = path("out.jsonl")
        var texts: [String] = []
        for _ in 1...2 {
            try ansim("scan", "--all", "--quiet", "--output", output, path("crawl.warc.gz"))
            texts.append(try String(contentsOfFile: output, encoding: .utf8))
        }
        #expect(texts[0] == texts[1])
        try FileManager.default.removeItem(atPath: path("crawl.warc.gz"))
        let rematch = try ansim("rematch", "--ledger", output + ".ledger").records.filter {
            $0["kind"] as? String == "match"
        }
        #expect(Set(rematch.compactMap { $0["url"] as? String }).count == found.count)
        #expect(rematch.allSatisfy { $0["path"] as? String == path("crawl.warc.gz") })
    }

    @Test func areReadHoweverTheyAreCompressed() throws {
        try makeArchives(
            in: ansim.folder,
            """
            records = [record('warcinfo', '', b'x: y\\r\\n'), record('response', 'http://a.example/1', http(coffee)),
                       record('response', 'http://a.example/', http(b'<html>', 'text/html')),
                       record('resource', 'http://a.example/2', raccoon, 'image/jpeg')]
            warc('plain.warc', records)
            warc('each.warc.gz', records, each=True)
            open('whole.warc.gz', 'wb').write(gzip.compress(read('plain.warc')))
            os.system('zstd -q plain.warc -o whole.warc.zst')
            with zipfile.ZipFile('crawl.wacz', 'w') as z:
                z.writestr('archive/data.warc.gz', read('each.warc.gz'))
                for name in ['datapackage.json', 'pages/pages.jsonl', 'indexes/index.cdx']: z.writestr(name, '{}')
            """)
        for name in ["plain.warc", "each.warc.gz", "whole.warc.gz", "whole.warc.zst", "crawl.wacz"] {
            let records = try records(name)
            let items = records.filter { $0["kind"] as? String == "item" }
            #expect(items.map { $0["url"] as? String } == ["http://a.example/1", "http://a.example/2"], "\(name)")
            #expect(items.allSatisfy { $0["matches"] as? Int == 1 && $0["ip"] as? String == "192.0.2.7" }, "\(name)")
            #expect(records.allSatisfy { $0["kind"] as? String != "unexamined" }, "\(name)")
            #expect(
                records.contains {
                    $0["kind"] as? String == "archive" && $0["members"] as? Int == (name == "crawl.wacz" ? 1 : 2)
                })
        }
        let each = try Data(contentsOf: URL(filePath: path("each.warc.gz")))
        for item in try items("each.warc.gz") {
            let offset = try #require(item["offset"] as? Int)
            #expect(each[offset..<offset + 3].elementsEqual([0x1F, 0x8B, 8]), "a stream starts there")
        }
    }

    @Test func haveTheirCodingsUndone() throws {
        try makeArchives(
            in: ansim.folder,
            """
            raw = zlib.compressobj(wbits=-15)
            deflated = raw.compress(coffee) + raw.flush()
            bodies = [
                ('chunked', http(chunked(coffee), length=False, Transfer_Encoding='chunked')),
                ('gzip', http(gzip.compress(coffee), Content_Encoding='gzip')),
                ('deflate', http(zlib.compress(coffee), Content_Encoding='deflate')),
                ('raw deflate', http(deflated, Content_Encoding='deflate')),
                ('both', http(chunked(gzip.compress(coffee)), length=False, Transfer_Encoding='chunked', Content_Encoding='gzip')),
                ('undone by the crawler', http(coffee, length=False, Transfer_Encoding='chunked', Content_Encoding='gzip')),
                ('wrong type', http(coffee, 'text/html')),
            ]
            warc('coded.warc', [record('response', 'http://a/' + n, b, WARC_Payload_Digest=sha1(b.split(b'\\r\\n\\r\\n', 1)[1]))
                                for n, b in bodies])
            warc('decoded.warc', [record('response', 'http://a/' + n, b, WARC_Payload_Digest=sha1(coffee)) for n, b in bodies])
            warc('wrong.warc', [record('response', 'http://a/x', http(coffee), WARC_Payload_Digest=sha1(b'x'))])
            """)
        for name in ["coded.warc", "decoded.warc"] {
            let items = try items(name)
            #expect(items.count == 7)
            for item in items {
                #expect(item["matches"] as? Int == 1 && item["payloadDigestHolds"] as? Bool == true, "\(item)")
            }
        }
        #expect(try items("wrong.warc").first?["payloadDigestHolds"] as? Bool == false)
    }

    @Test func tellTheReferringPageWhereverTheCrawlerWroteIt() throws {
        try makeArchives(
            in: ansim.folder,
            """
            request = b'GET /1 HTTP/1.1\\r\\nHost: a\\r\\nReferer: http://a/page\\r\\n\\r\\n'
            kind = 'application/http;msgtype=request'
            id = '<urn:test:%s>'
            def rid(uri, kind): return id % hashlib.md5(uri.encode() + kind.encode()).hexdigest()
            warc('before.warc', [record('request', 'http://a/1', request, kind),
                                 record('response', 'http://a/1', http(coffee), WARC_Concurrent_To=rid('http://a/1', 'request'))])
            warc('after.warc', [record('response', 'http://a/1', http(coffee)),
                                record('request', 'http://a/1', request, kind, WARC_Concurrent_To=rid('http://a/1', 'response')),
                                record('response', 'http://a/2', http(raccoon))])
            warc('via.warc', [record('response', 'http://a/1', http(coffee)),
                              record('metadata', 'http://a/1', b'via: http://a/page\\r\\nhopsFromSeed: E\\r\\n\\r\\n',
                                     'application/warc-fields', WARC_Concurrent_To=rid('http://a/1', 'response'))])
            """)
        for name in ["before.warc", "after.warc", "via.warc"] {
            let items = try items(name)
            #expect(items.first?["page"] as? String == "http://a/page", "\(name)")
            if items.count > 1 { #expect(items[1]["page"] == nil) }
        }
    }

    /// Each is told, and what lies after it is still found.
    @Test func thatAreBrokenAreToldAndTheScanGoesOn() throws {
        try makeArchives(
            in: ansim.folder,
            """
            def good(n): return record('response', 'http://a/good%d' % n, http(raccoon))
            one = record('response', 'http://a/one', http(coffee))
            cases = {
                'too-long': [record('response', 'http://a/one', http(coffee), length=len(http(coffee)) + 700), good(1), good(2)],
                'too-short': [record('response', 'http://a/one', http(coffee), length=len(http(coffee)) - 700), good(1), good(2)],
                'no-length': [record('response', 'http://a/one', http(coffee), Content_Length='x'), good(1), good(2)],
                'garbage': [one, os.urandom(5000), good(1), good(2)],
                'bad-chunks': [record('response', 'http://a/one', http(chunked(coffee)[:9000] + b'zz\\r\\n' + b'x' * 99, length=False,
                               Transfer_Encoding='chunked')), good(1), good(2)],
                'bad-coding': [record('response', 'http://a/one', http(gzip.compress(coffee)[:9000], Content_Encoding='gzip')), good(1), good(2)],
                'no-http': [record('response', 'http://a/one', coffee), good(1), good(2)],
                'header': [b'WARC/1.0\\r\\n' + b'x' * 300000 + b'\\r\\n\\r\\n', good(1), good(2)],
            }
            for name, records in cases.items():
                warc(name + '.warc', records)
                warc(name + '.warc.gz', records, each=True)
            whole = b''.join(gzip.compress(r) for r in [good(1), good(2), one])
            open('cut.warc.gz', 'wb').write(whole[:-9000])
            plain = good(1) + good(2) + one
            open('cut.warc', 'wb').write(plain[:-9000])
            flipped = bytearray(gzip.compress(one) + gzip.compress(good(1)) + gzip.compress(good(2)))
            flipped[len(gzip.compress(one)) // 2:][:1] = b''
            for i in range(9000, 9050): flipped[i] ^= 0x55
            open('flipped.warc.gz', 'wb').write(flipped)
            """)
        let names = ["too-long", "too-short", "no-length", "garbage", "bad-chunks", "bad-coding", "no-http", "header"]
        for name in names.flatMap({ [$0 + ".warc", $0 + ".warc.gz"] }) + ["cut.warc.gz", "cut.warc", "flipped.warc.gz"]
        {
            let records = try records(name)
            let urls = Set(records.filter { $0["kind"] as? String == "match" }.compactMap { $0["url"] as? String })
            #expect(urls.isSuperset(of: ["http://a/good1", "http://a/good2"]), "\(name): \(urls)")
            let told = records.contains {
                $0["kind"] as? String == "unexamined" || $0["flaw"] is String
                    || $0["payloadDigestHolds"] as? Bool == false
            }
            #expect(told, "\(name)")
            #expect(records.last?["complete"] as? Bool == true)
        }
    }

    @Test func surviveFlippedBytes() throws {
        try makeArchives(
            in: ansim.folder,
            """
            import random
            random.seed(4)
            records = [record('response', 'http://a/%d' % i, http(chunked(coffee) if i % 2 else coffee, length=False,
                       **({'Transfer_Encoding': 'chunked'} if i % 2 else {}))) for i in range(4)]
            plain = b''.join(records)
            packed = b''.join(gzip.compress(r) for r in records)
            for i in range(30):
                for name, data in (('p%d.warc' % i, plain), ('z%d.warc.gz' % i, packed)):
                    damaged = bytearray(data)
                    for _ in range(20): damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
                    open(name, 'wb').write(damaged)
            """)
        let result = try ansim("scan", "--all", "--quiet", ansim.folder.path)
        let records = try result.records
        #expect(records.last?["complete"] as? Bool == true)
        #expect(!records.contains { $0["reason"] as? String == "decoderCrashed" })
        #expect(records.filter { ($0["path"] as? String)?.contains(".warc") == true }.count >= 60)
    }

    /// Nothing that may be a picture is passed over, and what is, is counted.
    @Test func tellOfDrawingsAndOfWhatIsMissing() throws {
        try makeArchives(
            in: ansim.folder,
            """
            gone = b'HTTP/1.1 304 Not Modified\\r\\nContent-Type: image/jpeg\\r\\n\\r\\n'
            warc('odd.warc', [
                record('response', 'https://a.example/a.svg', http(b'<svg xmlns="http://www.w3.org/2000/svg"/>' * 20, 'image/svg+xml')),
                record('response', 'https://a.example/empty.jpg', http(b'')),
                record('response', 'https://a.example/known.jpg', gone),
                record('response', 'https://a.example/a.mp3', http(b'ID3' + b'x' * 1000, 'audio/mpeg')),
                record('response', 'https://a.example/', http(b'<html></html>', 'text/html')),
                record('response', 'https://a.example/c.jpg', http(coffee))])
            """)
        let records = try records("odd.warc")
        func reason(_ url: String) -> String? {
            records.first {
                $0["url"] as? String == "https://a.example/" + url && $0["kind"] as? String == "unexamined"
            }?["reason"]
                as? String
        }
        #expect(reason("a.svg") == "notAPicture" && reason("empty.jpg") == "empty")
        #expect(records.filter { ($0["url"] as? String)?.hasSuffix("c.jpg") == true }.count == 2)
        #expect(
            !records.contains { ["known.jpg", "a.mp3"].contains(($0["url"] as? String)?.split(separator: "/").last) })
        #expect(records.last?["passedOver"] as? Int == 3 && records.last?["items"] as? Int == 3)
        let told = try ansim("scan", "--format", "text", path("odd.warc")).errors
        #expect(told.contains("1 archive also had 3 members that hold no media"))
    }

    /// An unpacker that takes too long is ended; what came before stays.
    @Test(.timeLimit(.minutes(10))) func takeNoMoreThanTheirTime() throws {
        try makeArchives(
            in: ansim.folder,
            """
            import bz2, os
            open('a.tar', 'wb').write(b'')
            tar('a.tar', [('c.jpg', coffee), ('noise.bin', os.urandom(60_000_000)), ('d.jpg', coffee)])
            open('slow.tar.bz2', 'wb').write(bz2.compress(read('a.tar'), 9)); os.remove('a.tar')
            """)
        let records = try records("slow.tar.bz2", "--max-archive-seconds", "1")
        #expect(records.contains { $0["member"] as? String == "c.jpg" && $0["kind"] as? String == "match" })
        let ending = try #require(records.first { $0["kind"] as? String == "unexamined" && $0["member"] == nil })
        #expect(ending["verdict"] as? String == "overLimit" && ending["reason"] as? String == "tooSlow")
        #expect((ending["detail"] as? String)?.contains("1 s of CPU time") == true)
    }
}

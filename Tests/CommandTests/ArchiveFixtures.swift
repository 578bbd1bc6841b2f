import Foundation
import TestSupport

/// Archives that a Python script makes in a test's folder, with `files`, `reference` and `crawl` as folders.
func makeArchives(in folder: TemporaryFolder, _ script: String) throws {
    let prelude = """
        import base64, gzip, hashlib, io, json, os, struct, sys, tarfile, zipfile, zlib
        reference, crawl = sys.argv[1:3]
        def read(path): return open(path, 'rb').read()
        coffee = read(reference + '/coffee.jpg')
        raccoon = read(reference + '/raccoon.jpg')
        def sha1(data): return 'sha1:' + base64.b32encode(hashlib.sha1(data).digest()).decode()
        def record(kind, uri, block, type='application/http;msgtype=response', length=None, **more):
            fields = {'WARC-Type': kind, 'WARC-Target-URI': uri, 'WARC-Date': '2026-01-02T03:04:05Z',
                      'WARC-Record-ID': '<urn:test:%s>' % hashlib.md5(uri.encode() + kind.encode()).hexdigest(),
                      'WARC-IP-Address': '192.0.2.7', 'Content-Type': type,
                      'Content-Length': str(len(block) if length is None else length)}
            fields.update({k.replace('_', '-'): v for k, v in more.items()})
            head = 'WARC/1.1\\r\\n' + ''.join('%s: %s\\r\\n' % f for f in fields.items() if f[1]) + '\\r\\n'
            return head.encode() + block + b'\\r\\n\\r\\n'
        def http(body, type='image/jpeg', length=True, **more):
            fields = {'Content-Type': type}
            if length: fields['Content-Length'] = str(len(body))
            fields.update({k.replace('_', '-'): v for k, v in more.items()})
            return ('HTTP/1.1 200 OK\\r\\n' + ''.join('%s: %s\\r\\n' % f for f in fields.items()) + '\\r\\n').encode() + body
        def chunked(body, size=1000):
            parts = [body[i:i + size] for i in range(0, len(body), size)]
            return b''.join(b'%x\\r\\n%s\\r\\n' % (len(p), p) for p in parts) + b'0\\r\\n\\r\\n'
        def warc(name, records, each=False):
            with open(name, 'wb') as f: f.write(b''.join(gzip.compress(r) for r in records) if each else b''.join(records))
        def tar(name, members, mode='w'):
            with tarfile.open(name, mode) as t:
                for n, data in members:
                    info = tarfile.TarInfo(n); info.size = len(data); t.addfile(info, io.BytesIO(data))

        """
    let result = try run(
        URL(filePath: "/usr/bin/python3"),
        [
            "-c", prelude + script, Paths.sampleMedia.appending(path: "reference").path,
            Paths.sampleMedia.appending(path: "crawl").path,
        ], in: folder.url)
    guard result.status == 0 else { fatalError("no archives: \(result.errors)") }
}

import Glibc
import HashIndex
import MediaModel

/// Build, opening, single look-ups and batches of an index file, beside an index in memory.
func benchmarkIndexFile(count: Int) {
    var random = SeededGenerator(seed: 1)
    let hashes = HashSetKind.uniform.hashes(count, &random)
    let queries =
        (0..<3200).map { flipped(hashes[$0 &* 7919 % count], bits: $0 % 32, &random) }
        + HashSetKind.uniform.hashes(6400, &random)
    let folder = temporaryFolder()
    defer { removeFolder(folder) }
    let path = folder + "/index"

    var builder = IndexFileBuilder(expected: count)
    let collect = cpuSeconds {
        for first in stride(from: 0, to: count, by: 33) {
            let entries = hashes[first..<min(count, first + 33)].map {
                StoredEntry(hash: $0, orientation: .orig, quality: Quality(rawValue: 90))
            }
            builder.add(entries, of: ReferenceID(rawValue: Int64(first + 1)), check: 0)
        }
    }
    var cpu = 0.0
    let clock = clockSeconds {
        cpu = cpuSeconds {
            try! builder.write(to: path, stamp: IndexStamp(registry: Array(1...16), generation: 1))
        }
    }
    var file: IndexFile?
    let open = (0..<21).map { _ in clockSeconds { file = try! IndexFile(path: path) } }
    guard let file else { return }
    let all = clockSeconds { try! IndexFile(path: path).checkAll() }
    print(
        """
        \(count) hashes; \(Double(file.byteCount) / Double(count)) bytes each; built in \((collect + cpu) * 1e6 / Double(count)) \
        us CPU each, written in \(clock) s on the clock; opened in \(median(open) * 1e3) ms; all blocks checked in \(all * 1e3) ms
        """)
    let references = try! file.references()
    let isLeftOut = references.map { _ in false }
    func found(_ file: IndexFile, _ queries: [Hash256]) -> [IndexHit] {
        try! file.search(
            queries, radius: 31, gate: Quality(rawValue: 50), references: references, isLeftOut: isLeftOut)
    }
    let fresh = try! IndexFile(path: path)
    describe(
        "first look-ups, blocks unchecked",
        queries.prefix(100).map { query in clockSeconds { _ = found(fresh, [query]) } })
    describe(
        "look-ups as blocks get checked",
        queries.prefix(3200).map { query in clockSeconds { _ = found(fresh, [query]) } })
    try! file.checkAll()
    describe("look-ups, all checked", queries.prefix(3200).map { query in clockSeconds { _ = found(file, [query]) } })
    let mapped = (0..<3).map { _ in cpuSeconds { _ = found(file, queries) } * 1e6 / Double(queries.count) }
    let planted = Set(found(file, queries).map { [$0.query, Int($0.reference.rawValue)] })
    let missed = (0..<3200).filter { !planted.contains([$0, $0 &* 7919 % count / 33 * 33 + 1]) }.count

    let memory = MultiIndex(
        entries: hashes.enumerated().map {
            IndexEntry(
                hash: $0.element, reference: ReferenceID(rawValue: Int64($0.offset / 33 * 33 + 1)), orientation: .orig)
        })
    describe(
        "look-ups in memory",
        queries.prefix(3200).map { query in clockSeconds { _ = memory.search([query], radius: 31) } })
    let resident = (0..<3).map { _ in
        cpuSeconds { _ = memory.search(queries, radius: 31) } * 1e6 / Double(queries.count)
    }
    let same = memory.search(queries, radius: 31) == found(file, queries)
    print(
        """
        batch of \(queries.count): mapped \(median(mapped)) us a query, in memory \(median(resident)); \
        of 3200 planted at 0...31 bits \(missed) missed; the same as in memory: \(same)
        """)
}

private func describe(_ name: String, _ seconds: [Double]) {
    let sorted = seconds.sorted()
    print("\(name): median \(median(sorted) * 1e6) us, p99 \(sorted[sorted.count * 99 / 100] * 1e6) us on the clock")
}

func temporaryFolder() -> String {
    var template = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/ansim-benchmark-XXXXXX".utf8CString)
    return template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)!) }
}

/// With the files in it.
func removeFolder(_ path: String) {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink(path + "/" + name)
    }
    closedir(folder)
    rmdir(path)
}

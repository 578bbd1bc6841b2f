import Glibc
import HashIndex
import Matching
import MediaModel
import Scanning

/// A made-up examination: every item has bytes of its own.
private func content(_ number: Int, _ random: inout SeededGenerator) -> (
    path: [UInt8], stamp: FileStamp, content: StoredContent
) {
    let words = (0..<4).map { _ in random.next() }
    let digest = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    let facts = PictureFacts(
        format: .jpeg, width: 1280, height: 960, exifOrientation: nil, quality: Quality(rawValue: 100),
        isDegenerate: false,
        damage: nil, hasFurtherFrames: false)
    let hash = Hash256(random.next(), random.next(), random.next(), random.next())
    let digits = String(number)
    let path = "/crawl/2026/board/" + String(repeating: "0", count: 9 - digits.count) + digits + ".jpg"
    return (
        Array(path.utf8), FileStamp(byteCount: 123_456, modified: 1_700_000_000_000_000_000, inode: Int64(number)),
        StoredContent(
            sha256: SHA256Digest(bytes: digest)!, byteCount: 123_456,
            content: .picture(facts, hashes: [OrientedHash(orientation: .orig, hash: hash)]))
    )
}

private func fill(_ ledger: Ledger, items: Int) throws {
    var random = SeededGenerator(seed: 1)
    for number in 0..<items {
        let entry = content(number, &random)
        try ledger.remember(StoredItem(path: entry.path, stamp: entry.stamp), entry.content)
    }
    try ledger.flush()
}

/// How fast items go into a ledger, and how fast unchanged ones are recalled.
func benchmarkLedger(items: Int) throws {
    let path = temporaryPath("ledger")
    defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
    let ledger = try Ledger(path: path, examination: "benchmark")
    report("\(items) items written", items, try measure { try fill(ledger, items: items) })
    var random = SeededGenerator(seed: 1)
    var known = 0
    let time = try measure {
        for number in 0..<items {
            let entry = content(number, &random)
            if try ledger.recall(path: entry.path, stamp: entry.stamp) != nil { known += 1 }
        }
    }
    report("\(known) items recalled", items, time)
}

/// Stored features against new references, each in 33 hashes, some of them near a stored one.
func benchmarkRematch(features: Int, references: Int, threads: Int) throws {
    let path = temporaryPath("rematch")
    defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
    let ledger = try Ledger(path: path, examination: "benchmark")
    report("\(features) features written", features, try measure { try fill(ledger, items: features) })

    // One hash in a thousand references' is a stored one with 20 bits flipped.
    var stored = SeededGenerator(seed: 1)
    var planted: [Hash256] = []
    for number in 0..<min(features, references * 10) {
        let entry = content(number, &stored)
        if number % 10 == 0, case .picture(_, let hashes) = entry.content.content { planted.append(hashes[0].hash) }
    }
    var random = SeededGenerator(seed: 2)
    var entries: [IndexEntry] = []
    var registered: [RegisteredReference] = []
    for number in 0..<references {
        let id = ReferenceID(rawValue: Int64(number + 1))
        registered.append(
            RegisteredReference(
                id: id, caseID: CaseID(rawValue: "benchmark")!,
                sha256: SHA256Digest(bytes: [UInt8](repeating: 0, count: 32))!))
        for turn in 0..<33 {
            var hash = Hash256(random.next(), random.next(), random.next(), random.next())
            if turn == 0, number < planted.count {
                hash = planted[number]
                for bit in 0..<20 { hash.word1 ^= 1 << UInt64(bit * 3) }
            }
            entries.append(IndexEntry(hash: hash, reference: id, orientation: Dihedral(rawValue: UInt8(turn % 8))!))
        }
    }
    var summary = SummaryRecord()
    let time = try measure {
        let index = ReferenceIndex(entries: entries, radius: 31)
        let matcher = Matcher(index: index, references: registered, policy: MatchingPolicy())
        summary = try Rematch(ledger: ledger, matcher: matcher, index: index, digests: [], threads: threads)
            .run(stop: StopFlag()) { _ in }
    }
    report(
        "\(features) features x \(references) references (\(entries.count) hashes), \(threads) threads", features, time)
    print("found \(summary.matchedItems) of \(min(references, planted.count)) planted")
}

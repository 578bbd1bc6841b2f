import FuzzIndexSupport
import HashIndex
import MediaModel

/// An index file with some bytes changed: an error, or what a scan of all hashes finds; and with checksums made to fit,
/// whatever it says, no read outside of it.
/// The input is that of `ChangedBytes`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard var input = ChangedBytes(sound.bytes, data, count) else { return -1 }
    if input.isSealed { IndexFile.seal(&input.bytes, changed: input.changed) }
    let found = try? search(input.bytes)
    if !input.isSealed, let found { precondition(found == sound.hits, "a damaged file changed what is found") }
    return 0
}

private func search(_ bytes: [UInt8]) throws(IndexFileError) -> [IndexHit] {
    let file = try IndexFile(bytes: bytes)
    let references = try file.references()
    for reference in references.prefix(50) { _ = try file.frameTimes(reference.rows, gate: .usualGate) }
    let index = ReferenceIndex.stored(
        StoredIndex(
            file: file, references: references, isLeftOut: references.map { _ in false }, gate: .usualGate,
            added: ReferenceIndex(entries: [], radius: 31), recover: { throw $0 }))
    var hits: [IndexHit] = []
    for query in sound.queries { hits += index.search([query], radius: 31) }
    _ = index.search(sound.queries, radius: 60)
    if let failure = index.failure as? IndexFileError { throw failure }
    return hits
}

private struct Sound {
    let bytes: [UInt8]
    let queries: [Hash256]
    var hits: [IndexHit] = []

    init() {
        var state: UInt64 = 1
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
        let centres = (0..<6).map { _ in Hash256(next(), next(), next(), next()) }
        var builder = IndexFileBuilder(expected: 0)
        var entries: [IndexEntry] = []
        for number in 0..<150 {
            let id = ReferenceID(rawValue: Int64(number + 1))
            let stored = (0..<9).map { entry -> StoredEntry in
                var hash = centres[(number + entry) % 6]
                for _ in 0..<(number % 50) { hash.word1 ^= 1 << (next() % 64) }
                return StoredEntry(
                    hash: hash, orientation: Dihedral.allCases[entry % 8],
                    milliseconds: number % 3 == 0 ? Int32(entry * 40) : nil, quality: Quality(rawValue: 90))
            }
            builder.add(stored, of: id, check: Int64(number))
            entries += stored.map {
                IndexEntry(hash: $0.hash, reference: id, orientation: $0.orientation, milliseconds: $0.milliseconds)
            }
        }
        bytes = builder.bytes(stamp: IndexStamp(registry: Array(1...16), generation: 5))
        queries = centres + [.zero]
        // 24 queries or fewer are looked up one by one, so these are the first ones' blocks only.
        let flat = FlatIndex(entries: entries)
        for query in queries { hits += flat.search([query], radius: 31) }
    }
}

private let sound = Sound()

import HashIndex
import MediaModel
import TestSupport

/// References that come and go, as a registry has them.
struct World {
    static let stamp = IndexStamp(registry: Array(1...16), generation: 3)
    private var references: [(id: ReferenceID, entries: [StoredEntry])] = []
    private var next: Int64 = 1
    private let centres: [Hash256]

    init(_ random: inout SeededGenerator) { centres = (0..<12).map { _ in randomHash(&random) } }

    mutating func add(_ count: Int, _ random: inout SeededGenerator) {
        for _ in 0..<count {
            let isVideo = random.next() % 4 == 0
            let quality = Quality(rawValue: Int(random.next() % 101))
            let entries = (0..<Int(random.next() % 12) + 1).map { number -> StoredEntry in
                let base = random.next() % 3 == 0 ? randomHash(&random) : centres[Int(random.next() % 12)]
                return StoredEntry(
                    hash: flip(base, bits: Int(random.next() % 40), &random),
                    orientation: Dihedral(rawValue: UInt8(number % 8))!,
                    milliseconds: isVideo ? Int32(number / 8 * 40) : nil,
                    quality: random.next() % 20 == 0 ? nil : quality)
            }
            references.append((ReferenceID(rawValue: next), entries))
            next += 1 + Int64(random.next() % 3)
        }
    }

    mutating func remove(_ count: Int, _ random: inout SeededGenerator) {
        for _ in 0..<min(count, references.count) {
            references.remove(at: Int(random.next() % UInt64(references.count)))
        }
    }

    private var builder: IndexFileBuilder {
        var builder = IndexFileBuilder(expected: 100)
        for reference in references { builder.add(reference.entries, of: reference.id, check: reference.id.rawValue) }
        return builder
    }

    func compact(to path: String) throws { try builder.write(to: path, stamp: Self.stamp) }
    func bytes() -> [UInt8] { builder.bytes(stamp: Self.stamp) }

    func entries(gate: Quality) -> [IndexEntry] { Self.entries(references, gate) }

    private static func entries(
        _ references: [(id: ReferenceID, entries: [StoredEntry])], _ gate: Quality
    ) -> [IndexEntry] {
        references.flatMap { reference in
            reference.entries.filter { $0.quality.map { $0 >= gate } ?? false }.map {
                IndexEntry(
                    hash: $0.hash, reference: reference.id, orientation: $0.orientation, milliseconds: $0.milliseconds)
            }
        }
    }

    /// The file as it is, with what has changed since.
    func index(_ file: IndexFile, gate: Quality) throws -> ReferenceIndex {
        let stored = try file.references()
        let (kept, present) = (Set(stored.map(\.id)), Set(references.map(\.id)))
        let all = entries(gate: gate)
        return .stored(
            StoredIndex(
                file: file, references: stored, isLeftOut: stored.map { !present.contains($0.id) }, gate: gate,
                added: ReferenceIndex(
                    entries: Self.entries(references.filter { !kept.contains($0.id) }, gate), radius: 31),
                recover: { _ in .flat(FlatIndex(entries: all)) }))
    }

    /// Near and far ones.
    func queries(_ count: Int, _ random: inout SeededGenerator) -> [Hash256] {
        (0..<count).map { number in
            number % 3 == 0
                ? randomHash(&random) : flip(centres[number % 12], bits: Int(random.next() % 20), &random)
        }
    }
}

func randomHash(_ random: inout SeededGenerator) -> Hash256 {
    Hash256(random.next(), random.next(), random.next(), random.next())
}

func flip(_ hash: Hash256, bits: Int, _ random: inout SeededGenerator) -> Hash256 {
    var words = [hash.word0, hash.word1, hash.word2, hash.word3]
    for bit in (0..<256).shuffled(using: &random).prefix(bits) { words[bit / 64] ^= 1 << UInt64(bit % 64) }
    return Hash256(words[0], words[1], words[2], words[3])
}

import HashIndex
import MediaModel
import Registry

/// Makes a registry of `count` references of those of another one, of which each has its own variant: bits of all hashes
/// of a picture are turned over alike, so that crops still resemble each other, and descriptors are those of any pictures,
/// each with bits of its own turned over, so that they crowd as real ones do.
func makeLargeRegistry(from path: String, to newPath: String, count: Int) throws {
    let known = try Registry(path: path, access: .reading).snapshot(qualityGate: .usualGate, depth: .full)
    let hashes = Dictionary(grouping: known.entries, by: \.reference)
    let pictures = known.details.filter { $0.milliseconds == nil && hashes[$0.reference] != nil }
    let sizes = Dictionary(uniqueKeysWithValues: known.references.map { ($0.id, ($0.width, $0.height)) })
    guard !pictures.isEmpty else { return print("\(path) has no pictures with details.") }
    let registry = try Registry(path: newPath, access: .makingIfMissing)
    var random = SeededGenerator(seed: 5)
    let caseID = CaseID(rawValue: "many")!
    func reference(_ number: Int) -> NewReference {
        let (pattern, mask) = (pictures[number % pictures.count], bits(hashBits, &random))
        let (width, height) = sizes[pattern.reference]!
        var digest = [UInt8](repeating: 0, count: 32)
        for byte in 0..<8 { digest[byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
        var made = NewReference(
            sha256: SHA256Digest(bytes: digest)!, byteCount: 1000, format: .jpeg, width: width, height: height,
            quality: Quality(rawValue: 90),
            hashes: hashes[pattern.reference]!.map { OrientedHash(orientation: $0.orientation, hash: $0.hash ^ mask) },
            bytesOnly: nil, fileName: nil)
        made.kept = .full
        made.details = PictureDetails(
            hashes: pattern.details.hashes.map {
                RegionHash(
                    window: $0.window, kind: $0.kind, orientation: $0.orientation, hash: $0.hash ^ mask,
                    quality: $0.quality, corners: $0.corners)
            },
            features: pattern.details.features.map { place in
                let other = pictures[Int(random.next() % UInt64(pictures.count))].details.features.randomElement(
                    using: &random)!
                return LocalFeature(
                    x: place.x, y: place.y, radius: other.radius, angle: UInt16(truncatingIfNeeded: random.next()),
                    descriptor: other.descriptor ^ bits(descriptorBits, &random))
            })
        return made
    }
    for first in stride(from: 0, to: count, by: 500) {
        _ = try registry.add((first..<min(count, first + 500)).map(reference), to: caseID)
    }
    let start = clockNow()
    _ = try registry.updateIndex(waits: true)
    print("index of hashes: \(clockNow() - start) s")
    let next = clockNow()
    _ = try registry.updateDetails(waits: true)
    print("index of details: \(clockNow() - next) s")
}

/// Bits that are turned over in a picture's hashes: so that no two pictures match.
private let hashBits = 64
/// The same in each descriptor: it stays among its like.
private let descriptorBits = 20

private func bits(_ count: Int, _ random: inout SeededGenerator) -> Hash256 {
    var words: [UInt64] = [0, 0, 0, 0]
    for _ in 0..<count {
        let bit = random.next()
        words[Int(bit & 3)] |= 1 << (bit >> 2 & 63)
    }
    return Hash256(words[0], words[1], words[2], words[3])
}

extension Hash256 {
    fileprivate static func ^ (a: Hash256, b: Hash256) -> Hash256 {
        Hash256(a.word0 ^ b.word0, a.word1 ^ b.word1, a.word2 ^ b.word2, a.word3 ^ b.word3)
    }
}

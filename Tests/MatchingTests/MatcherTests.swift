import HashIndex
import Matching
import MediaModel
import Testing

@Suite struct MatcherBehaviour {
    private let near = Hash256(0b111, 0, 0, 0)
    private let far = Hash256(.max, .max, 0, 0)

    private func digest(_ byte: UInt8) -> SHA256Digest { SHA256Digest(bytes: [UInt8](repeating: byte, count: 32))! }

    private func matcher(threshold: Int = 31, gate: Int = 50) -> Matcher {
        func entry(_ hash: Hash256, _ reference: Int64, _ orientation: Dihedral) -> IndexEntry {
            IndexEntry(hash: hash, reference: ReferenceID(rawValue: reference), orientation: orientation)
        }
        let (first, second) = (CaseID(rawValue: "first")!, CaseID(rawValue: "second")!)
        return Matcher(
            index: .flat(
                FlatIndex(entries: [
                    entry(far, 1, .orig), entry(near, 1, .flipy), entry(.zero, 1, .rot180),
                    entry(near, 2, .orig), entry(far, 3, .orig),
                ])),
            references: [
                RegisteredReference(id: ReferenceID(rawValue: 1), caseID: first, sha256: digest(1)),
                RegisteredReference(id: ReferenceID(rawValue: 2), caseID: second, sha256: digest(2)),
                RegisteredReference(id: ReferenceID(rawValue: 3), caseID: second, sha256: digest(3)),
                RegisteredReference(id: ReferenceID(rawValue: 4), caseID: second, sha256: digest(2)),
            ], policy: MatchingPolicy(threshold: threshold, qualityGate: Quality(rawValue: gate)))
    }

    private func feature(_ hash: Hash256, quality: Int = 100, isDegenerate: Bool = false) -> Feature {
        Feature(hash: hash, quality: Quality(rawValue: quality), isDegenerate: isDegenerate)
    }

    @Test func givesOneMatchAReferenceByItsNearestOrientation() {
        let matches = matcher().matches(feature: feature(.zero), sha256: nil)
        #expect(matches.map(\.reference.rawValue) == [1, 2])
        #expect(matches.map(\.distance) == [0, 3])
        #expect(matches.map(\.orientation) == [.rot180, .orig])
        #expect(matches.map(\.caseID.rawValue) == ["first", "second"])
        #expect(matches.allSatisfy { $0.evidence == .whole })
    }

    @Test func holdsTheThresholdInclusively() {
        #expect(matcher(threshold: 3).matches(feature: feature(.zero), sha256: nil).count == 2)
        #expect(matcher(threshold: 2).matches(feature: feature(.zero), sha256: nil).count == 1)
    }

    @Test func holdsTheQualityGateInclusively() {
        #expect(!matcher(gate: 50).matches(feature: feature(.zero, quality: 50), sha256: nil).isEmpty)
        #expect(matcher(gate: 50).matches(feature: feature(.zero, quality: 49), sha256: nil).isEmpty)
    }

    @Test func neverMatchesNoise() {
        #expect(matcher().matches(feature: feature(.zero, isDegenerate: true), sha256: nil).isEmpty)
    }

    @Test func matchesTheSameBytesWhateverTheHashSays() {
        let plain = matcher().matches(feature: feature(.zero, quality: 0, isDegenerate: true), sha256: digest(2))
        #expect(plain.map(\.reference.rawValue) == [2, 4])
        #expect(plain.allSatisfy { $0.evidence == .bytes && $0.distance == 0 })
        #expect(matcher().matches(feature: nil, sha256: digest(3)).map(\.reference.rawValue) == [3])
    }

    @Test func putsSameBytesBeforeNearHashes() {
        let matches = matcher().matches(feature: feature(.zero), sha256: digest(2))
        #expect(matches.map(\.reference.rawValue) == [2, 4, 1])
        #expect(matches.map(\.evidence) == [.bytes, .bytes, .whole])
    }

    @Test func countsWhatItSearches() {
        #expect(matcher().referenceCount == 4)
        #expect(matcher().caseCount == 2)
    }
}

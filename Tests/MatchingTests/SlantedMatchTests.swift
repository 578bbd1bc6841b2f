import HashIndex
import Matching
import MediaModel
import Testing

@Suite struct SlantedMatches {
    private let id = ReferenceID(rawValue: 3)
    private let hash = Hash256(0x1234_5678, 0x9abc, 0xdef0, 0x55aa)

    private func matcher(whole: Bool, crops: [RegionHash]) -> Matcher {
        let entry = IndexEntry(hash: hash, reference: id, orientation: .orig)
        return Matcher(
            index: .flat(FlatIndex(entries: whole ? [entry] : [])),
            references: [
                RegisteredReference(
                    id: id, caseID: CaseID(rawValue: "a")!,
                    sha256: SHA256Digest(bytes: [UInt8](repeating: 1, count: 32))!, width: 800, height: 600)
            ], policy: MatchingPolicy(threshold: 31, qualityGate: .usualGate),
            details: DetailIndex(
                [DetailedPicture(reference: id, milliseconds: nil, details: PictureDetails(hashes: crops))],
                depth: .regions))
    }

    private func match(_ matcher: Matcher, _ part: RegionHash) throws -> MatchLocation {
        let picture = SearchedPicture(width: 1000, height: 500, details: PictureDetails(hashes: [part]))
        let match = try #require(matcher.matches(feature: nil, sha256: nil, picture: picture).first)
        #expect(match.reference == id && match.evidence == .region && match.distance == 0)
        return try #require(match.location)
    }

    private func hash(of part: Quadrilateral, _ kind: RegionHash.Kind) throws -> RegionHash {
        RegionHash(window: try #require(part.bounds), kind: kind, hash: hash, quality: .usualGate, corners: part)
    }

    @Test func stateTheBoxAndTheNearestAffineMap() throws {
        // Wider below, so no affine map is exact: each corner is off by the same.
        let part = try #require(Quadrilateral([(0.3, 0.2), (0.7, 0.2), (0.8, 0.8), (0.2, 0.8)]))
        let location = try match(matcher(whole: true, crops: []), try hash(of: part, .slanted))
        #expect(location.region == Region(x: 200, y: 100, width: 600, height: 300))
        #expect(location.referenceRegion == Region(x: 0, y: 0, width: 800, height: 600))
        let offsets = zip(part.points, [(0.0, 0.0), (800.0, 0.0), (800.0, 600.0), (0.0, 600.0)]).map { corner, shown in
            let mapped = location.transform(1000 * corner.x, 500 * corner.y)
            return (mapped.x - shown.0, mapped.y - shown.1)
        }
        for (x, y) in offsets { #expect(abs(abs(x) - 80) < 1 && abs(y) < 1) }
    }

    @Test func ofWhatWasTurnedAreExact() throws {
        // The whole item shows a part of the reference that is turned by a quarter of its width in four.
        let part = try #require(Quadrilateral([(0.2, 0.1), (0.8, 0.3), (0.8, 0.9), (0.2, 0.7)]))
        let whole = RegionHash(window: .whole, kind: .whole, hash: hash, quality: .usualGate)
        let location = try match(matcher(whole: false, crops: [try hash(of: part, .tilted)]), whole)
        #expect(location.region == Region(x: 0, y: 0, width: 1000, height: 500))
        #expect(location.referenceRegion == Region(x: 160, y: 60, width: 480, height: 480))
        for (corner, item) in zip(part.points, [(0.0, 0.0), (1000.0, 0.0), (1000.0, 500.0), (0.0, 500.0)]) {
            let mapped = location.transform(item.0, item.1)
            #expect(abs(mapped.x - 800 * corner.x) < 0.5 && abs(mapped.y - 600 * corner.y) < 0.5)
        }
    }
}

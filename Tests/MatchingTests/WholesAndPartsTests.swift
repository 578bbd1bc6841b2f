import HashIndex
import Matching
import MediaModel
import TestSupport
import Testing

/// Frames of a video and windows in them that both show a reference: which one a match tells of.
@Suite struct WholesAndParts {
    private let id = ReferenceID(rawValue: 7)
    private let window = PictureWindow(left: UInt16(0), top: 5000, right: 65_535, bottom: 60_000)!

    /// A second each.
    private func hashes(_ count: Int) -> [Hash256] {
        var random = SeededGenerator(seed: 31)
        return (0..<count).map { _ in Hash256(random.next(), random.next(), random.next(), random.next()) }
    }

    private func matcher(_ hashes: [Hash256]) -> Matcher {
        let times = hashes.indices.map { Int32($0) * 1000 }
        let entries = zip(hashes, times).map {
            IndexEntry(hash: $0, reference: id, orientation: .orig, milliseconds: $1)
        }
        return Matcher(
            index: ReferenceIndex(entries: entries, radius: 31),
            references: [
                RegisteredReference(
                    id: id, caseID: CaseID(rawValue: "a")!,
                    sha256: SHA256Digest(bytes: [UInt8](repeating: 1, count: 32))!,
                    video: RegisteredVideo(frameTimes: times, duration: Int64(hashes.count) * 1000), width: 640,
                    height: 360)
            ], policy: MatchingPolicy(threshold: 31, qualityGate: .usualGate),
            details: DetailIndex([], depth: .regions))
    }

    /// Frames a second apart: of each the hash of the whole, and of the window if it has one.
    private func match(_ frames: [(whole: Hash256, part: Hash256?)], in known: [Hash256]) throws -> Match {
        let hashed = frames.enumerated().map { number, frame in
            HashedFrame(
                time: FrameFeature(
                    milliseconds: Int32(number) * 1000,
                    feature: Feature(hash: frame.whole, quality: Quality(rawValue: 100), isDegenerate: false)),
                hashes: [OrientedHash(orientation: .orig, hash: frame.whole)],
                details: PictureDetails(
                    hashes: frame.part.map {
                        [RegionHash(window: window, kind: .edged, hash: $0, quality: Quality(rawValue: 100))]
                    } ?? []))
        }
        let video = SearchedVideo(
            frames: HashedFrames(hashed), width: 640, height: 360, duration: Int64(frames.count) * 1000)
        return try #require(matcher(known).findings(video, sha256: nil).matches.first)
    }

    private func noisy(_ hash: Hash256, _ bits: Int, seed: Int) -> Hash256 {
        var random = SeededGenerator(seed: UInt64(seed))
        return MadeUpDetails.noisy(hash, bits, &random)
    }

    private func showsAll(_ match: Match) -> Bool {
        match.segments.count == 1 && match.segments[0].item.lowerBound <= 100
            && match.segments[0].item.upperBound >= 39_000
    }

    @Test func tellOfTheWholeWhereThePartIsFurtherAway() throws {
        let known = hashes(40)
        // The window shows the second half some seconds late: two segments, so more frames that differ in all.
        let match = try match(
            known.indices.map { number in
                (
                    noisy(known[number], 4, seed: number),
                    noisy(known[number < 20 ? number : number - 3], 20, seed: number)
                )
            }, in: known)
        #expect(match.location == nil)
        #expect(showsAll(match) && match.distance <= 4)
    }

    @Test func tellOfThePartThatShowsMore() throws {
        let known = hashes(40)
        var random = SeededGenerator(seed: 5)
        let match = try match(
            known.indices.map { number in
                let other = Hash256(random.next(), random.next(), random.next(), random.next())
                return (
                    number < 12 ? noisy(known[number], 4, seed: number) : other, noisy(known[number], 20, seed: number)
                )
            }, in: known)
        #expect(match.location != nil && showsAll(match))
    }
}

import HashIndex
import Matching
import MediaModel
import TestSupport
import Testing

@Suite struct FeatureMatches {
    private let size = (width: 640, height: 480)
    private let id = ReferenceID(rawValue: 7)

    /// Places and descriptors without a pattern.
    private func features(_ count: Int, seed: UInt64) -> [LocalFeature] {
        var random = SeededGenerator(seed: seed)
        return MadeUpDetails.features(count, &random)
    }

    /// As a copy shows them: the middle half of each side, every descriptor some bits off.
    private func cropped(_ all: [LocalFeature], noise: Int, seed: UInt64) -> [LocalFeature] {
        var random = SeededGenerator(seed: seed)
        return all.compactMap { feature in
            let (x, y) = (2 * (Int(feature.x) - 16384), 2 * (Int(feature.y) - 16384))
            guard (0..<65536).contains(x), (0..<65536).contains(y) else { return nil }
            return LocalFeature(
                x: UInt16(x), y: UInt16(y), radius: 2 * feature.radius, angle: feature.angle,
                descriptor: MadeUpDetails.noisy(feature.descriptor, noise, &random))
        }
    }

    private func matcher(_ features: [LocalFeature], at milliseconds: Int32? = nil) -> Matcher {
        matcher([(milliseconds, features)])
    }

    /// - Parameter pictures: of a picture one, of a video's frames when they are shown.
    private func matcher(_ pictures: [(at: Int32?, features: [LocalFeature])]) -> Matcher {
        let times = pictures.compactMap(\.at)
        let video = times.isEmpty ? nil : RegisteredVideo(frameTimes: Set([0] + times).sorted(), duration: 10_000)
        return Matcher(
            index: .flat(FlatIndex(entries: [])),
            references: [
                RegisteredReference(
                    id: id, caseID: CaseID(rawValue: "a")!,
                    sha256: SHA256Digest(bytes: [UInt8](repeating: 1, count: 32))!, video: video, width: size.width,
                    height: size.height)
            ], policy: MatchingPolicy(threshold: 31, qualityGate: .usualGate),
            details: DetailIndex(
                pictures.map {
                    DetailedPicture(
                        reference: id, milliseconds: $0.at, details: PictureDetails(hashes: [], features: $0.features))
                }, depth: .full))
    }

    private func matches(_ matcher: Matcher, _ features: [LocalFeature]) -> [Match] {
        matcher.matches(
            feature: nil, sha256: nil,
            picture: SearchedPicture(
                width: size.width, height: size.height, details: PictureDetails(hashes: [], features: features)))
    }

    @Test func tellWhichPartOfTheReferenceIsShown() throws {
        let all = features(400, seed: 1)
        let match = try #require(matches(matcher(all), cropped(all, noise: 20, seed: 2)).first)
        #expect(match.evidence == .features && match.reference == id && match.orientation == .orig)
        let shown = try #require(match.location).referenceRegion
        #expect(abs(shown.x - 160) <= 3 && abs(shown.y - 120) <= 3)
        #expect(abs(shown.width - 320) <= 6 && abs(shown.height - 240) <= 6)
        #expect(try #require(match.location?.inliers) > 30)
        #expect((18...22).contains(match.distance))
    }

    @Test func ofTheMirroredPictureAreFoundByTheSameDescriptors() throws {
        let all = features(400, seed: 3)
        let mirrored = all.map { feature in
            let turned = feature.mirrored
            return LocalFeature(
                x: UInt16.max - turned.x, y: turned.y, radius: turned.radius, angle: turned.angle,
                descriptor: turned.descriptor)
        }
        let match = try #require(matches(matcher(all), mirrored).first)
        #expect(match.evidence == .features && match.orientation == .flipy)
    }

    @Test func needMoreThanAlikeDescriptors() {
        let all = features(400, seed: 4)
        // The same places look the same, but lie elsewhere.
        let elsewhere = zip(all, features(400, seed: 5)).map { own, other in
            LocalFeature(
                x: other.x, y: other.y, radius: other.radius, angle: other.angle, descriptor: own.descriptor)
        }
        #expect(matches(matcher(all), elsewhere).isEmpty)
    }

    @Test func needMoreThanAFewPlaces() {
        let all = features(400, seed: 6)
        #expect(matches(matcher(all), Array(cropped(all, noise: 0, seed: 7).prefix(5))).isEmpty)
        #expect(!matches(matcher(all), Array(cropped(all, noise: 0, seed: 7).prefix(12))).isEmpty)
    }

    /// A corner in the middle of nothing is found many times over.
    @Test func thatOverlapCountOnce() {
        func crowded(by step: Int) -> [LocalFeature] {
            features(25, seed: 16).enumerated().map { number, feature in
                LocalFeature(
                    x: UInt16(20_000 + number % 5 * step), y: UInt16(20_000 + number / 5 * step), radius: 4000,
                    angle: 0, descriptor: feature.descriptor)
            }
        }
        #expect(matches(matcher(crowded(by: 300)), crowded(by: 300)).isEmpty)
        #expect(!matches(matcher(crowded(by: 4000)), crowded(by: 4000)).isEmpty)
    }

    @Test func ofOtherPicturesAreNone() {
        let known = matcher(features(600, seed: 8))
        for seed in 100..<110 as Range<UInt64> { #expect(matches(known, features(600, seed: seed)).isEmpty) }
    }

    @Test func ofAFrameSayWhen() throws {
        let all = features(400, seed: 9)
        let match = try #require(matches(matcher(all, at: 4000), cropped(all, noise: 10, seed: 10)).first)
        #expect(match.segments.map(\.reference) == [4000...4000])
    }

    /// A frame of a video, with a hash of its own.
    private func frame(_ milliseconds: Int32, _ shown: [LocalFeature]) -> HashedFrame {
        var random = SeededGenerator(seed: UInt64(milliseconds) + 1)
        let hash = Hash256(random.next(), random.next(), random.next(), random.next())
        return HashedFrame(
            time: FrameFeature(
                milliseconds: milliseconds, feature: Feature(hash: hash, quality: .usualGate, isDegenerate: false)),
            hashes: [OrientedHash(orientation: .orig, hash: hash)],
            details: PictureDetails(hashes: [], features: shown))
    }

    /// Seven places of a frame are not enough, and a room looks the same in many.
    @Test func ofSingleFramesHaveToAgreeOnSeveralOfTheReference() {
        let (first, second) = (features(400, seed: 21), features(400, seed: 22))
        let known = matcher([(0, first), (4000, second)])
        func finds(_ shown: [[LocalFeature]]) -> Bool {
            let frames = shown.enumerated().map { frame(Int32($0.offset) * 2000, $0.element) }
            let video = SearchedVideo(
                frames: HashedFrames(frames), width: size.width, height: size.height, duration: 10_000)
            return !known.findings(video, sha256: nil).matches.isEmpty
        }
        func few(_ all: [LocalFeature], _ count: Int) -> [LocalFeature] {
            Array(cropped(all, noise: 0, seed: 23).prefix(count))
        }
        #expect(finds([few(first, 12)]))
        #expect(!finds([few(first, 7)]))
        #expect(!finds([few(first, 7), few(first, 7), few(first, 7)]))
        #expect(finds([few(first, 7), few(second, 7)]))
        #expect(!finds([few(first, 6), few(second, 6)]))
    }

    @Test func ofVideosTellFromWhenToWhen() throws {
        let all = features(400, seed: 11)
        let shown = cropped(all, noise: 10, seed: 12)
        let video = SearchedVideo(
            frames: HashedFrames([
                frame(0, features(300, seed: 13)), frame(2000, shown), frame(4000, shown),
                frame(6000, features(300, seed: 14)),
            ]), width: size.width, height: size.height, duration: 8000)
        let match = try #require(matcher(all).findings(video, sha256: nil).matches.first)
        // Half way to the frames that show something else.
        #expect(match.segments.map(\.item) == [1000...5000])
        let other = SearchedVideo(
            frames: HashedFrames([frame(0, features(300, seed: 15))]), width: size.width, height: size.height,
            duration: 0)
        let nothing = matcher(all).findings(other, sha256: nil)
        #expect(nothing.matches.isEmpty && !nothing.isPromising)
    }
}

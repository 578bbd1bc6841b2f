import HashIndex
import Matching
import MediaModel
import TestSupport
import Testing

/// Made-up videos of random hashes: which frames are common.
@Suite struct CommonFrameRule {
    private struct World {
        var generator = SeededGenerator(seed: 7)
        var entries: [IndexEntry] = []
        var references: [RegisteredReference] = []

        mutating func frames(_ count: Int) -> [Hash256] {
            (0..<count).map { _ in
                Hash256(generator.next(), generator.next(), generator.next(), generator.next())
            }
        }

        mutating func register(_ frames: [Hash256], _ caseID: String) {
            let id = ReferenceID(rawValue: Int64(references.count + 1))
            for (number, hash) in frames.enumerated() {
                entries.append(
                    IndexEntry(hash: hash, reference: id, orientation: .orig, milliseconds: Int32(100 * number)))
            }
            references.append(
                RegisteredReference(
                    id: id, caseID: CaseID(rawValue: caseID)!,
                    sha256: SHA256Digest(bytes: [UInt8](repeating: UInt8(references.count), count: 32))!,
                    video: RegisteredVideo(
                        frameTimes: frames.indices.map { Int32(100 * $0) }, duration: Int64(100 * frames.count))))
        }

        /// The references that an item of these frames matches.
        func found(_ frames: [Hash256], isMulti: Bool = false) -> [Int64] {
            let index: ReferenceIndex =
                isMulti ? .multi(MultiIndex(entries: entries)) : .flat(FlatIndex(entries: entries))
            let matcher = Matcher(index: index, references: references, policy: MatchingPolicy())
            let hashed = frames.enumerated().map { number, hash in
                HashedFrame(
                    time: FrameFeature(
                        milliseconds: Int32(100 * number),
                        feature: Feature(hash: hash, quality: Quality(rawValue: 100), isDegenerate: false)),
                    hashes: [])
            }
            let video = SearchedVideo(
                frames: HashedFrames(hashed), width: 100, height: 100, duration: Int64(100 * frames.count))
            return matcher.findings(video, sha256: nil).matches.map(\.reference.rawValue).sorted()
        }
    }

    @Test(arguments: [false, true]) func anIntroOfFourCasesIsNoEvidence(isMulti: Bool) {
        var world = World()
        let intro = world.frames(10)
        for name in ["a", "b", "c"] { world.register(intro + world.frames(20), name) }
        #expect(world.found(intro, isMulti: isMulti) == [1, 2, 3])
        let own = world.frames(20)
        world.register(intro + own, "d")
        #expect(world.found(intro, isMulti: isMulti).isEmpty)
        #expect(world.found(intro + world.frames(20), isMulti: isMulti).isEmpty)
        #expect(world.found(intro + own, isMulti: isMulti) == [4])
        #expect(world.found(own, isMulti: isMulti) == [4])
    }

    @Test func anIntroOfOneCaseCounts() {
        var world = World()
        let intro = world.frames(10)
        for _ in 1...6 { world.register(intro + world.frames(20), "a") }
        #expect(world.found(intro) == [1, 2, 3, 4, 5, 6])
    }

    @Test func copiesOfOneVideoCountAsOne() {
        var world = World()
        let (intro, own) = (world.frames(10), world.frames(20))
        // Whole, without its intro, and an excerpt.
        for (number, frames) in [intro + own, own, Array(own[..<8]), intro + own].enumerated() {
            world.register(frames, "copy \(number)")
        }
        world.register(intro + world.frames(20), "x")
        #expect(world.found(own) == [1, 2, 3, 4])
        #expect(world.found(intro) == [1, 4, 5])
        // Three others that are not copies of each other.
        world.register(intro + world.frames(20), "y")
        #expect(world.found(intro) == [1, 4, 5, 6])
        world.register(intro + world.frames(20), "z")
        #expect(world.found(intro).isEmpty)
        #expect(world.found(intro + own) == [1, 2, 3, 4])
    }
}

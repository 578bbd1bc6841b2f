import Matching
import MediaModel
import TestSupport
import Testing

@Suite struct AlignmentBehaviour {
    /// A reference of 25 frames a second.
    private func timeline(seconds: Int) -> ReferenceTimeline {
        ReferenceTimeline(times: (0..<seconds * 25).map { Int64($0) * 40 }, end: Int64(seconds) * 1000)
    }

    private func items(_ times: some Sequence<Int64>, _ random: inout SeededGenerator) -> [ItemFrame] {
        times.map { ItemFrame(time: $0, hash: randomHash(&random)) }
    }

    private func hit(_ item: Int64, _ reference: Int64, _ distance: Int = 4, _ orientation: Dihedral = .orig)
        -> FrameHit
    {
        FrameHit(itemTime: item, referenceTime: reference, distance: distance, orientation: orientation)
    }

    @Test func findsRandomLinesAmongNoise() {
        var random = SeededGenerator(seed: 11)
        for round in 0..<300 {
            let reference = timeline(seconds: 120)
            let speed = Double.random(in: 0.5...2, using: &random) * (round % 3 == 0 ? -1 : 1)
            let length = min(40_000, 60_000 / abs(speed))
            let spacing = [33, 1000, 3000].randomElement(using: &random)!
            let items = items(stride(from: Int64(0), to: 60_000, by: spacing), &random)
            let start = Double.random(in: 0...15_000, using: &random)
            let origin = speed > 0 ? 20_000.0 : 100_000.0
            var hits: [FrameHit] = []
            for item in items {
                let shown = origin + speed * (Double(item.time) - start)
                if Double(item.time) >= start, Double(item.time) <= start + length {
                    let nearest = Int64(shown / 40) * 40
                    for step in -2...2 {
                        let distance = 3 + 6 * abs(step) + Int.random(in: 0...3, using: &random)
                        hits.append(hit(item.time, nearest + Int64(step) * 40, distance))
                    }
                }
                if Int.random(in: 0..<3, using: &random) == 0 {
                    let anywhere = Int64.random(in: 0..<3000, using: &random) * 40
                    hits.append(hit(item.time, anywhere, Int.random(in: 20...31, using: &random)))
                }
            }
            let found = segments(of: hits.shuffled(using: &random), items: items, reference: reference)
            guard let longest = found.first else {
                Issue.record("nothing in round \(round)")
                continue
            }
            #expect(abs(longest.speed - speed) < 0.02, "round \(round)")
            // Noise may lie on the line beside its ends, but no further than a gap away.
            #expect(abs(Double(longest.item.lowerBound) - start) <= Double(spacing) + 5000)
            let shown = origin + speed * (Double(longest.item.lowerBound) - start)
            let first = Double(speed > 0 ? longest.reference.lowerBound : longest.reference.upperBound)
            #expect(abs(first - shown) < 250, "round \(round)")
        }
    }

    /// Against every line through two hits.
    @Test func agreesWithBruteForceOnSmallCases() {
        var random = SeededGenerator(seed: 12)
        var policy = AlignmentPolicy()
        policy.longestGap = 60_000
        var shortfalls = 0
        for _ in 0..<400 {
            let items = items((0..<8).map { Int64($0) * 1000 }, &random)
            let reference = timeline(seconds: 16)
            let hits = items.flatMap { item in
                (0..<2).map { _ in hit(item.time, Int64.random(in: 0..<400, using: &random) * 40, 5) }
            }
            var best = 0
            for a in hits {
                for b in hits where b.itemTime > a.itemTime {
                    let speed = Double(b.referenceTime - a.referenceTime) / Double(b.itemTime - a.itemTime)
                    guard policy.speeds.contains(abs(speed)) else { continue }
                    let agreeing = items.filter { item in
                        let shown = Double(a.referenceTime + 20) + speed * Double(item.time - a.itemTime)
                        return hits.contains {
                            $0.itemTime == item.time && abs(Double($0.referenceTime + 20) - shown) <= 270
                        }
                    }
                    best = max(best, agreeing.count)
                }
            }
            let found = alignment(of: hits, items: items, reference: reference, policy: policy)
            let most = (found.matching + found.weak).map(\.frames).max() ?? 0
            #expect(most >= best - 2)
            if most < best { shortfalls += 1 }
        }
        #expect(shortfalls < 60)
    }

    @Test func givesTheSameForHitsInAnyOrder() {
        var random = SeededGenerator(seed: 13)
        let items = items((0..<200).map { Int64($0) * 500 }, &random)
        let hits = (0..<4000).map { _ in
            hit(
                items.randomElement(using: &random)!.time, Int64.random(in: 0..<2500, using: &random) * 40,
                Int.random(in: 0...31, using: &random), Dihedral.allCases.randomElement(using: &random)!)
        }
        let reference = timeline(seconds: 100)
        let once = alignment(of: hits, items: items, reference: reference)
        for _ in 0..<5 {
            let again = alignment(of: hits.shuffled(using: &random), items: items, reference: reference)
            #expect(again == once)
        }
    }

    @Test func countsAStandingSceneOnce() {
        var random = SeededGenerator(seed: 14)
        let scene = randomHash(&random)
        let items = (0..<60).map { i in
            ItemFrame(time: Int64(i) * 1000, hash: i < 30 ? flipped(scene, bits: 3, &random) : randomHash(&random))
        }
        // The same end card in a long reference.
        let reference = ReferenceTimeline(times: (0..<100).map { Int64($0) * 1000 }, end: 100_000)
        let hits = (0..<20).flatMap { item in (70..<100).map { hit(Int64(item) * 1000, Int64($0) * 1000, 2) } }
        let found = alignment(of: hits, items: items, reference: reference)
        #expect(found.matching.isEmpty)
        #expect(!found.weak.isEmpty && found.weak.allSatisfy { $0.distinctFrames == 1 })
    }

    @Test func asksForNearerHitsWhereFewerFramesAgree() {
        var random = SeededGenerator(seed: 15)
        let items = items((0..<40).map { Int64($0) * 2000 }, &random)
        let reference = timeline(seconds: 100)
        func matches(_ count: Int, distance: Int, speed: Double = 1) -> Bool {
            let hits = (0..<count).map { i in
                hit(Int64(i) * 2000, Int64((20_000 + speed * Double(i) * 2000) / 40) * 40, distance)
            }
            return !segments(of: hits, items: items, reference: reference).isEmpty
        }
        #expect(matches(3, distance: 31))
        #expect(!matches(2, distance: 21))
        #expect(matches(2, distance: 20))
        #expect(!matches(1, distance: 0))
        #expect(matches(4, distance: 31, speed: 1.5))
        #expect(!matches(3, distance: 21, speed: 1.5))
        #expect(matches(3, distance: 20, speed: 1.5))
        #expect(!matches(2, distance: 0, speed: 1.5))
    }

    @Test func tellsOrientationsApart() {
        var random = SeededGenerator(seed: 16)
        let items = items((0..<10).map { Int64($0) * 1000 }, &random)
        let hits = items.flatMap { [hit($0.time, $0.time + 2000, 5, .flipy), hit($0.time, 4000, 30, .orig)] }
        let found = segments(of: hits, items: items, reference: timeline(seconds: 20))
        #expect(found.map(\.orientation) == [.flipy])
        #expect(found.map(\.reference) == [2020...11020] || found.map(\.reference) == [2000...11000])
    }

    @Test func survivesImpossibleInput() {
        let strange: [Int64] = [.min, -1, 0, 1, .max]
        let items = strange.map { ItemFrame(time: $0, hash: .zero) }
        let reference = ReferenceTimeline(times: strange, end: .max)
        let hits = strange.flatMap { item in
            strange.flatMap { time in [-1, 0, 300, Int.max].map { hit(item, time, $0) } }
        }
        _ = alignment(of: hits, items: items, reference: reference)
        #expect(alignment(of: hits, items: [], reference: reference).matching.isEmpty)
        #expect(segments(of: hits, items: items, reference: ReferenceTimeline(times: [], end: 0)).isEmpty)
        #expect(segments(of: [], items: items, reference: reference).isEmpty)
    }

    /// Everything hits everything, nothing hits twice, one line, and many orientations.
    @Test(arguments: ["line", "everything", "noise", "orientations"], [10_000, 100_000])
    func takesBoundedTime(shape: String, count: Int) {
        var random = SeededGenerator(seed: 17)
        let reference = timeline(seconds: 4000)
        let frames = shape == "everything" ? 300 : shape == "line" ? count / 10 : count / 4
        let items = items((0..<frames).map { Int64($0) * 400 / 10 }, &random)
        let hits = (0..<count).map { i -> FrameHit in
            let item = items[i % frames].time
            switch shape {
            case "line": return hit(item, item + Int64(i / frames) * 40, i / frames)
            case "everything": return hit(item, Int64(i / frames) * 40, 10)
            default:
                let orientation = Dihedral(rawValue: shape == "noise" ? 0 : UInt8(i % 8))!
                return hit(item, Int64.random(in: 0..<100_000, using: &random) * 40, 25, orientation)
            }
        }
        let clock = ContinuousClock()
        let time = clock.measure { _ = alignment(of: hits, items: items, reference: reference) }
        #expect(time < .seconds(2), "\(time)")
    }
}

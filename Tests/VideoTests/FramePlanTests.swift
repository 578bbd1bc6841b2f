import Decoding
import Testing

/// Which frames are wanted, by made-up packets.
@Suite struct FramePlans {
    /// One packet a frame, shown in the order of decoding.
    private func wanted(
        _ rule: FramePlan.Rule, frameMilliseconds: Int64 = 40, hasKeyFrames: Bool = true, packets: [PacketFacts]
    ) -> [Int64] {
        var plan = FramePlan(rule, hasKeyFrames: hasKeyFrames, frameMilliseconds: frameMilliseconds)
        for (number, facts) in packets.enumerated() {
            plan.append(FramePlan.Entry(time: Int64(number) * frameMilliseconds, facts: facts))
        }
        plan.end()
        var times: [Int64] = []
        while let (entry, need) = plan.removeFirst() {
            if entry.isWanted {
                #expect(need == .isNeeded)
                times.append(entry.time)
            }
        }
        return times
    }

    /// At 25 frames a second, with a key frame of 10,000 bytes each 250 and others of 1000.
    private func packets(_ count: Int, sizes: [Int: Int] = [:]) -> [PacketFacts] {
        (0..<count).map { number in
            let isKey = number % 250 == 0
            return PacketFacts(isKey: isKey, size: sizes[number] ?? (isKey ? 10_000 : 1000 + number % 7 * 100))
        }
    }

    private let usual = FramePlan.Rule.gap(nil, isIntraOnly: false)

    @Test func ofAQuietVideoAreItsKeyFrames() {
        #expect(wanted(usual, packets: packets(850)) == [0, 10_000, 20_000, 30_000])
        // A group of 250 frames at 24 a second needs nothing between either.
        #expect(wanted(usual, frameMilliseconds: 42, packets: packets(600)) == [0, 10_500, 21_000])
    }

    @Test(arguments: [6, 75, 249, 251, 400]) func lookWhereAPacketIsAsLargeAsAKeyFrame(cut: Int) {
        let times = wanted(usual, packets: packets(600, sizes: [cut: 7000]))
        #expect(times == [0, Int64(cut) * 40, 10_000, 20_000].sorted())
    }

    @Test func lookAtEachOfManyScenes() {
        let cuts = Array(stride(from: 20, to: 700, by: 23)).filter { $0 % 250 > 0 }
        let sizes = Dictionary(uniqueKeysWithValues: cuts.map { ($0, 6000) })
        let times = Set(wanted(usual, packets: packets(750, sizes: sizes)))
        #expect(times.isSuperset(of: cuts.map { Int64($0) * 40 }))
    }

    /// Of a slide show all key frames are cuts, and come at regular times.
    @Test(arguments: [50, 75, 125]) func lookAtEverySlide(frames: Int) {
        let packets = (0..<1000).map { number in
            let size = [9000, 14_000, 6000, 11_000, 20_000][number / frames % 5]
            return PacketFacts(isKey: number % frames == 0, size: number % frames == 0 ? size : 100)
        }
        let slides = stride(from: 0, to: 1000, by: frames).map { Int64($0) * 40 }
        #expect(wanted(usual, packets: packets) == Array(slides))
    }

    /// Each 16 frames one comes that is shown 15 frames later.
    @Test(arguments: [100, 160, 176]) func lookAtChangesThatAreDecodedEarly(cut: Int) {
        var packets = packets(600)
        for number in packets.indices where number % 250 > 0 && number % 16 == 0 {
            let size = number == cut / 16 * 16 ? 9000 : 5000
            packets[number] = PacketFacts(isKey: false, size: size + 100)
            packets[number].hidden = (size, size)
        }
        #expect(wanted(usual, packets: packets) == [0, Int64(cut / 16 * 16 + 15) * 40, 10_000, 20_000])
    }

    @Test func takeMovementForNoCut() {
        let burst = Dictionary(uniqueKeysWithValues: (70..<90).map { ($0, 6000) })
        #expect(wanted(usual, packets: packets(600, sizes: burst)) == [0, 10_000, 20_000])
        #expect(wanted(usual, packets: packets(600, sizes: [70: 2000])) == [0, 10_000, 20_000])
    }

    @Test(arguments: [300, 1000, 2000, 5000]) func leaveNoMomentFurtherThanAStatedGap(gap: Int64) {
        let packets = packets(900, sizes: [130: 9000, 131: 3000, 600: 9000])
        let times = wanted(.gap(gap, isIntraOnly: false), packets: packets)
        for number in 0..<900 {
            #expect(times.contains { abs($0 - Int64(number) * 40) <= gap + 40 }, "\(number)")
        }
        #expect(times.contains(130 * 40) && times.contains(600 * 40))
    }

    @Test func lookCloserWherePacketsTellNothing() {
        func largest(_ times: [Int64]) -> Int64 { zip(times, times.dropFirst()).map { $1 - $0 }.max()! }
        var hidden = packets(1000)
        for i in hidden.indices { hidden[i].mayHoldHiddenFrames = true }
        #expect(largest(wanted(usual, packets: hidden)) <= 4000)
        let refreshed = (0..<1000).map { _ in PacketFacts(isKey: false, size: 1000) }
        #expect(largest(wanted(usual, packets: refreshed)) <= 4000)
        let short = wanted(usual, packets: packets(200))
        #expect(short.count > 1 && largest(short) <= 4000)
        let intra = wanted(.gap(nil, isIntraOnly: true), packets: packets(200))
        #expect(largest(intra) <= 520)
    }

    /// At 25 frames a second, with key frames each 2 s and where else they are told.
    private func oftenKeyed(_ count: Int, and others: Set<Int> = []) -> [PacketFacts] {
        (0..<count).map { PacketFacts(isKey: $0 % 50 == 0 || others.contains($0), size: 1000) }
    }

    @Test func passOverKeyFramesThatComeAtTheirTime() {
        // What is usual has to be seen first; the last one is looked at because no other one follows.
        #expect(wanted(usual, packets: oftenKeyed(875)) == [0, 2000, 4000, 10_000, 16_000, 22_000, 28_000, 34_000])
        #expect(wanted(usual, packets: oftenKeyed(760)) == [0, 2000, 4000, 10_000, 16_000, 22_000, 28_000, 30_000])
        // All where packets don't tell what comes between, or a gap is stated.
        let all = (0..<18).map { Int64($0) * 2000 }
        #expect(wanted(.gap(5500, isIntraOnly: false), packets: oftenKeyed(875)) == all)
        var hidden = oftenKeyed(875)
        for i in hidden.indices { hidden[i].mayHoldHiddenFrames = true }
        #expect(wanted(usual, packets: hidden) == all)
    }

    @Test(arguments: [210, 221, 249, 251, 290]) func lookAtKeyFramesThatComeBefore(cut: Int) {
        let times = wanted(usual, packets: oftenKeyed(875, and: [cut]))
        #expect(times.contains(Int64(cut) * 40))
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= 6000 })
    }

    @Test func ofEachIntervalTakeWhatDependsOnLeast() {
        let interval = FramePlan.Rule.interval(1000)
        // A key frame, or the first one where nothing is needed until the next key frame.
        #expect(wanted(interval, packets: oftenKeyed(187)) == [0, 520, 2000, 2520, 4000, 4520, 6000, 6520])
        // In the middle where later ones are needed all the same.
        #expect(wanted(interval, packets: packets(170)) == [0, 1000, 2000, 3000, 4000, 5000, 6000, 6520])
        // One that others need, if there is one.
        var disposable = packets(170)
        for i in disposable.indices where i % 3 != 0 { disposable[i].isDisposable = true }
        #expect(wanted(interval, packets: disposable) == [0, 960, 2040, 3000, 3960, 5040, 6000, 6600])
        #expect(wanted(.interval(1), packets: packets(100)).count == 100)
    }

    @Test(arguments: [100, 300, 2000]) func endWhereKeyFramesAreShownBeforeOthers(gap: Int64) {
        var plan = FramePlan(.gap(gap, isIntraOnly: false), hasKeyFrames: true, frameMilliseconds: 40)
        for number in 0..<400 {
            let isKey = number % 40 == 0
            let time = Int64(number) * 40 - (isKey && number > 0 ? 900 : 0)
            plan.append(FramePlan.Entry(time: time, facts: PacketFacts(isKey: isKey, size: 1000)))
        }
        plan.end()
        var keys = 0
        while let (entry, _) = plan.removeFirst() { keys += entry.isWanted && entry.time % 1600 != 0 ? 1 : 0 }
        #expect(keys > 0)
    }

    @Test func takeThoseThatDependOnFewest() {
        // A pyramid of eight frames after another, as AV1 has them.
        let pyramids = (0..<500).map { number in
            var facts = PacketFacts(isKey: number % 250 == 0, size: 1000)
            facts.mayHoldHiddenFrames = true
            facts.depth = number % 250 / 8 + (number % 250 % 8 == 0 ? 0 : 3)
            return facts
        }
        #expect(wanted(.interval(1000), packets: pyramids).allSatisfy { $0 % 10_000 % 320 == 0 })
        #expect(wanted(.gap(4000, isIntraOnly: false), packets: pyramids) == [0, 2240, 10_000, 16_080])
    }

    @Test func lookAtAllPicturesOfASlideShow() {
        // One each second; each third one is shown again.
        let slides = (0..<40).map { PacketFacts(isKey: $0 == 0, size: $0 % 3 == 2 ? 200 : 8000 + $0 * 37 % 11 * 100) }
        let times = Set(wanted(usual, frameMilliseconds: 1000, packets: slides))
        #expect(times.isSuperset(of: (0..<40).filter { $0 % 3 != 2 }.map { Int64($0) * 1000 }))
    }

    @Test func takeAllFramesOfAnAnimationAndThenSome() {
        let frames = (0..<1500).map { _ in PacketFacts(isKey: true, size: 100) }
        let times = wanted(.animation, hasKeyFrames: false, packets: frames)
        #expect(times.prefix(1000) == (0..<1000).map { Int64($0) * 40 }[...])
        let rest = times.dropFirst(999)
        #expect(zip(rest, rest.dropFirst()).allSatisfy { (250...280).contains($1 - $0) } && rest.count > 60)
    }
}

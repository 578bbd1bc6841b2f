import Matching
import MediaModel
import TestSupport
import Testing

/// Real hashes, edited as re-uploaders edit, looked at as scans look.
@Suite(.enabled(if: Paths.shared != nil)) struct GoldenAlignment {
    private func found(_ item: [ItemFrame], _ reference: Clip) -> Alignment {
        let (frames, timeline) = reference.registered()
        return alignment(of: hits(item, frames), items: item, reference: timeline)
    }

    /// Segments' ends against the true line, milliseconds of the reference.
    private func error(_ segment: Segment, speed: Double, offset: Double) -> Double {
        let (first, last) = (Double(segment.item.lowerBound), Double(segment.item.upperBound))
        let (low, high) = (Double(segment.reference.lowerBound), Double(segment.reference.upperBound))
        let ends = segment.speed < 0 ? (high, low) : (low, high)
        return max(abs(offset + speed * first - ends.0), abs(offset + speed * last - ends.1))
    }

    @Test(arguments: [0.5, 0.9, 1, 1.1, 1.25, 2, -1], Sampling.allCases)
    func findsCopiesAtEverySpeed(speed: Double, sampling: Sampling) {
        var random = SeededGenerator(seed: 1)
        for reference in GoldenClips.unrelated {
            for _ in 0..<3 {
                let item = reference.played(at: speed).encoded(bits: 12, &random)
                let looked = item.sampled(sampling, &random)
                // Sparse looks may pass a short clip by.
                guard !looked.isEmpty else { continue }
                let segments = found(looked, reference).matching
                #expect(!segments.isEmpty, "\(reference.name) at \(speed), \(sampling)")
                let offset = speed < 0 ? Double(reference.end) : 0
                guard let longest = segments.first, longest.distinctFrames >= 3 else { continue }
                #expect(
                    error(longest, speed: speed, offset: offset) < 700, "\(reference.name) at \(speed), \(sampling)")
                if sampling != .keyframes {
                    let length = longest.item.upperBound - longest.item.lowerBound
                    #expect(length > item.end - 3000)
                    // A tenth of a second, over the length.
                    #expect(abs(longest.speed - speed) < 0.02 + 250 / Double(length))
                }
            }
        }
    }

    @Test(arguments: Sampling.allCases)
    func findsTwelveSecondsInAnotherVideo(sampling: Sampling) throws {
        var random = SeededGenerator(seed: 2)
        let chair = GoldenClips.unrelated[0]
        let other = GoldenClips.unrelated[3]
        for _ in 0..<5 {
            let item = other.appending(chair.part(6000, 18000)).appending(other).encoded(bits: 12, &random)
            let looked = item.sampled(sampling, &random)
            let start = Double(other.end)
            // Fewer looks than a verdict needs are followed by more.
            guard looked.count(where: { abs(Double($0.time) - start - 6000) < 6000 }) > 2 else { continue }
            let longest = try #require(found(looked, chair).matching.first)
            let error = error(longest, speed: 1, offset: 6000 - start)
            #expect(error < 300)
            let gap = Double(sampling.gaps.upperBound) + 100
            #expect(abs(Double(longest.item.lowerBound) - start) < gap)
            #expect(abs(Double(longest.item.upperBound) - start - 12000) < gap)
        }
    }

    @Test func findsEveryPartOfAReorderedItem() {
        var random = SeededGenerator(seed: 3)
        let chair = GoldenClips.unrelated[0]
        let item = chair.part(12000, 18000).appending(chair.part(2000, 7000)).appending(chair.part(7500, 11000))
        let segments = found(item.encoded(bits: 10, &random).sampled(.every, &random), chair).matching
        #expect(segments.count >= 3)
        let starts: [(Int64, Int64, Int64)] = [(0, 6000, 12000), (6000, 11000, 2000), (11000, 14500, 7500)]
        for (from, to, reference) in starts {
            #expect(
                segments.contains {
                    abs($0.item.lowerBound - from) < 400 && abs($0.item.upperBound - to) < 400
                        && abs($0.reference.lowerBound - reference) < 400
                })
        }
    }

    @Test func findsEveryRoundOfALoop() {
        var random = SeededGenerator(seed: 4)
        let chair = GoldenClips.unrelated[0]
        let round = chair.part(5000, 9000)
        let item = round.appending(round).appending(round).appending(round)
        let segments = found(item.encoded(bits: 10, &random).sampled(.every, &random), chair).matching
        for start in stride(from: Int64(0), to: 16000, by: 4000) {
            #expect(segments.contains { abs($0.item.lowerBound - start) < 500 && $0.speed == 1 })
        }
    }

    @Test func findsRelatedEncodings() {
        var random = SeededGenerator(seed: 5)
        let chairs = GoldenClips.all.filter { $0.name.hasPrefix("chair") && !$0.name.contains("large-logo") }
        for reference in chairs {
            for item in chairs {
                for sampling in Sampling.allCases {
                    let looked = item.sampled(sampling, &random)
                    #expect(!found(looked, reference).matching.isEmpty, "\(item.name) \(reference.name) \(sampling)")
                }
            }
        }
    }

    @Test(arguments: Sampling.allCases, [1.0, 0.5, 2, -1])
    func neverMatchesUnrelatedClips(sampling: Sampling, speed: Double) {
        var random = SeededGenerator(seed: 6)
        for reference in GoldenClips.unrelated {
            for item in GoldenClips.unrelated where item.name != reference.name {
                let looked = item.played(at: speed).sampled(sampling, &random)
                #expect(found(looked, reference).matching.isEmpty)
                // Not even at a radius at which there are hits by chance.
                let (frames, timeline) = reference.registered()
                let loose = hits(looked, frames, radius: 55)
                #expect(segments(of: loose, items: looked, reference: timeline).isEmpty)
            }
        }
    }

    @Test func findsAFramePostedAsAPictureAndAPictureInAVideo() throws {
        var random = SeededGenerator(seed: 7)
        let chair = GoldenClips.unrelated[0]
        let frame = chair.frames[300]
        let posted = [ItemFrame(time: 0, hash: flipped(frame.hash, bits: 10, &random))]
        let asPicture = try #require(found(posted, chair).matching.first)
        #expect(abs(asPicture.reference.lowerBound - frame.time) < 300)
        #expect(asPicture.speed == 0)

        let shown = (0..<20).map { i in
            ItemFrame(
                time: Int64(i) * 1000,
                hash: (6..<12).contains(i) ? flipped(frame.hash, bits: 6, &random) : randomHash(&random))
        }
        let hits = hits(shown, [.init(time: 0, hash: frame.hash)])
        let inVideo = segments(of: hits, items: shown, reference: .still)
        #expect(inVideo.map(\.item) == [6000...11000])
        #expect(inVideo.map(\.frames) == [6])
    }
}

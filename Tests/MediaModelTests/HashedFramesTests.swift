import MediaModel
import TestSupport
import Testing

@Suite struct ListsOfFrames {
    private var random = SeededGenerator(seed: 3)

    private mutating func hash() -> Hash256 { Hash256(random.next(), random.next(), random.next(), random.next()) }

    /// Some with regions, some with features, of few windows and many.
    private mutating func frame(_ number: Int, hashes: Int) -> HashedFrame {
        let own = hash()
        let feature = Feature(hash: own, quality: Quality(rawValue: number % 101), isDegenerate: number % 7 == 0)
        var details = PictureDetails.none
        if number % 3 == 0 {
            details.hashes = (0..<number % 5).map { place in
                RegionHash(
                    window: PictureWindow(left: UInt16(place), top: 0, right: UInt16(1000 + number % 2), bottom: 9)!,
                    kind: .edged, orientation: place % 2 == 0 ? .orig : .flipx, hash: hash(),
                    quality: Quality(rawValue: 50 + place))
            }
        }
        if number % 100 == 0 {
            details.features = [
                LocalFeature(x: UInt16(number), y: 2, radius: 3, angle: 4, descriptor: hash())
            ]
        }
        return HashedFrame(
            time: FrameFeature(milliseconds: Int32(40 * number), feature: feature),
            hashes: (0..<hashes).map {
                OrientedHash(orientation: Dihedral.allCases[$0], hash: $0 == 0 ? own : hash())
            }, details: details)
    }

    @Test(arguments: [1, 8]) mutating func giveBackWhatWasPutIntoThem(hashes: Int) {
        let frames = (0..<10_000).map { frame($0, hashes: hashes) }
        let list = HashedFrames(frames)
        #expect(list.count == frames.count && list.elementsEqual(frames))
        #expect(list.times.elementsEqual(frames.map(\.time)))
        #expect(list.detailed.map(\.number) == frames.indices.filter { !frames[$0].details.isEmpty })
        #expect(list.withFeatures.map(\.number) == frames.indices.filter { $0 % 100 == 0 })
        #expect(list == HashedFrames(frames) && list != HashedFrames(frames.dropLast()))
    }

    @Test mutating func mayChangeTheNumberOfHashes() {
        let frames = [frame(0, hashes: 1), frame(1, hashes: 8), frame(2, hashes: 1)]
        #expect(HashedFrames(frames).elementsEqual(frames))
    }

    @Test mutating func haveATrackForEachUprightWindow() {
        let frames = (0..<1000).map { frame($0, hashes: 1) }
        let tracks = HashedFrames(frames).regionTracks
        #expect(tracks.count == 4 && Set(tracks.map(\.window)).count == 4)
        for track in tracks {
            let expected = frames.flatMap { frame in
                frame.details.hashes.filter { $0.window == track.window && $0.orientation == .orig }.map {
                    FrameFeature(
                        milliseconds: frame.time.milliseconds,
                        feature: Feature(hash: $0.hash, quality: $0.quality, isDegenerate: false))
                }
            }
            #expect(track.frames.elementsEqual(expected))
        }
    }
}

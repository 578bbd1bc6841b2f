import MediaModel
import PictureRegions
import Testing

@Suite struct FrameRegionBehaviour {
    /// A frame between black bars.
    private func frame(_ seed: UInt64, bars: Int) -> (whole: LumaPicture, inner: LumaPicture) {
        let inner = texture(width: 320, height: 240, seed: seed)
        let height = 240 + 2 * bars
        var pixels = [UInt8](repeating: 0, count: 320 * height)
        pixels.replaceSubrange(320 * bars..<320 * (bars + 240), with: inner.pixels)
        return (LumaPicture(pixels: pixels, width: 320, height: height), inner)
    }

    @Test func hashesTheSameWindowsInFrameAfterFrame() {
        var regions = FrameRegions()
        var seen: [Set<PictureWindow>] = []
        for seed in 1...8 as ClosedRange<UInt64> {
            let (whole, inner) = frame(seed, bars: 60)
            let hashes = regions.hashes(of: whole, hash: pdq(whole), gate: .usualGate)
            let near = hashes.filter { $0.hash.distance(to: pdq(inner)) <= 20 }
            #expect(!near.isEmpty)
            seen.append(Set(near.map(\.window)))
        }
        #expect(!seen.dropFirst().reduce(seen[0]) { $0.intersection($1) }.isEmpty)
    }

    @Test func findsNewWindowsWhenThePictureChanges() {
        var regions = FrameRegions()
        for seed in 1...6 as ClosedRange<UInt64> {
            let whole = frame(seed, bars: 60).whole
            _ = regions.hashes(of: whole, hash: pdq(whole), gate: .usualGate)
        }
        let (whole, inner) = frame(7, bars: 20)
        let hashes = regions.hashes(of: whole, hash: pdq(whole), gate: .usualGate)
        #expect(hashes.contains { $0.hash.distance(to: pdq(inner)) <= 20 })
    }

    @Test func staysWithinItsNumberOfWindows() {
        var regions = FrameRegions()
        for seed in 1...60 as ClosedRange<UInt64> {
            let whole = frame(seed, bars: 10 + 3 * Int(seed)).whole
            #expect(
                regions.hashes(of: whole, hash: pdq(whole), gate: .usualGate).count <= FrameRegions.maximumCount)
        }
    }
}

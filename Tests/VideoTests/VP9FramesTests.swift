import Decoding
import Testing

/// What VP9 packets say of themselves, by their first bytes (VP9 bitstream specification 6.2 and annex B).
@Suite struct VP9Packets {
    /// Frame marker 2, profile 0, no earlier frame; then key frame 0, shown, resilient.
    private func frame(isKey: Bool, isShown: Bool, isResilient: Bool = false, count: Int) -> [UInt8] {
        let bits: UInt8 = 0b1000_0000 | (isKey ? 0 : 4) | (isShown ? 2 : 0) | (isResilient ? 1 : 0)
        return [bits] + [UInt8](repeating: 0x11, count: count - 1)
    }

    private func packet(_ frames: [[UInt8]], sizes: [Int]? = nil) -> [UInt8] {
        let sizes = sizes ?? frames.map(\.count)
        let marker = 0b1100_1000 | UInt8(sizes.count - 1)
        return frames.flatMap { $0 } + [marker] + sizes.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } + [marker]
    }

    private func facts(_ bytes: [UInt8]) -> PacketFacts {
        var facts = PacketFacts(isKey: true, size: bytes.count)
        bytes.withUnsafeBytes { VP9Frames($0).tell(&facts) }
        return facts
    }

    @Test func ofOneFrame() {
        let key = facts(frame(isKey: true, isShown: true, count: 900))
        #expect(key.isKey && key.isShown && !key.leansOnPrevious && key.hidden == (0, 0))
        let other = facts(frame(isKey: false, isShown: true, count: 90))
        #expect(!other.isKey && other.isShown && other.leansOnPrevious && !other.isDisposable)
        // It refreshes nothing: the reset flags, then eight bits.
        let leaf = facts([0b1000_0111, 0x00, 0x00, 0x11])
        #expect(leaf.isDisposable && !leaf.leansOnPrevious)
        let earlier = facts([0b1000_1000])
        #expect(!earlier.isKey && earlier.isShown && earlier.leansOnPrevious)
    }

    @Test func ofFramesThatAreShownLater() {
        let hidden = frame(isKey: false, isShown: false, count: 700)
        let alone = facts(hidden)
        #expect(!alone.isShown && alone.hidden == (700, 700))
        let together = facts(
            packet([
                hidden, frame(isKey: false, isShown: false, count: 300), frame(isKey: false, isShown: true, count: 50),
            ]))
        #expect(together.isShown && !together.isKey && together.hidden == (700, 1000))
        // A key frame that is shown later is none for what is shown now, and says nothing of movement.
        let key = facts(
            packet([frame(isKey: true, isShown: false, count: 900), frame(isKey: false, isShown: true, count: 50)]))
        #expect(key.isShown && !key.isKey && key.hidden == (0, 900))
    }

    @Test func thatAreBrokenHideNothing() {
        let (hidden, shown) = (
            frame(isKey: false, isShown: false, count: 700), frame(isKey: false, isShown: true, count: 50)
        )
        #expect(facts(packet([hidden, shown], sizes: [700, 0, 50])).hidden == (700, 700))
        for bytes in [
            packet([hidden, shown], sizes: [700, 5000]), packet([hidden, [UInt8](repeating: 0, count: 50)]), [0, 0],
            [0xC0],
        ] {
            let facts = facts(bytes)
            #expect(facts.isShown && facts.mayHoldHiddenFrames && facts.hidden == (0, 0), "\(bytes.prefix(4))")
        }
    }
}

/// The frames of a VP9 packet: one, or several of which the last one is shown (VP9 bitstream specification, annex B:
/// superframes).
package struct VP9Frames {
    private var frames: [Frame] = []

    private struct Frame {
        let size: Int
        /// An earlier frame, shown now.
        var showsEarlier = false
        var isKey = false
        var isShown = false
        /// It takes neither motion vectors nor probabilities from the frame before.
        var isResilient = false
        /// No later frame can be predicted from it.
        var isLeaf = false

        /// Nil when its header can't be read.
        init?(_ bytes: Slice<UnsafeRawBufferPointer>) {
            size = bytes.count
            var bits = BitReader(bytes)
            guard bits.read(2) == 2, let low = bits.read(1), let high = bits.read(1) else { return nil }
            if low + 2 * high == 3 { _ = bits.read(1) }
            guard bits.read(1) == 0 else {
                (showsEarlier, isShown) = (true, true)
                return
            }
            guard let isInter = bits.read(1), let isShown = bits.read(1), let isResilient = bits.read(1) else {
                return nil
            }
            (isKey, self.isShown, self.isResilient) = (isInter == 0, isShown == 1, isResilient == 1)
            if isInter == 1, isShown == 1, isResilient == 1 { isLeaf = bits.read(8) == 0 }
        }
    }

    /// There is something in the packet that can't be read.
    private var isBroken = false

    package init(_ bytes: UnsafeRawBufferPointer) {
        var at = 0
        for size in sizes(bytes) where size > 0 {
            guard let frame = Frame(bytes[at..<at + size]) else {
                isBroken = true
                break
            }
            frames.append(frame)
            at += size
        }
    }

    /// Of the frames of a superframe, or of the only one.
    private mutating func sizes(_ bytes: UnsafeRawBufferPointer) -> [Int] {
        guard let marker = bytes.last, marker & 0xE0 == 0xC0 else { return [bytes.count] }
        let (count, sizeBytes) = (Int(marker & 7) + 1, Int(marker >> 3 & 3) + 1)
        let start = bytes.count - 2 - count * sizeBytes
        guard start >= 0, bytes[start] == marker else { return [bytes.count] }
        let sizes = (0..<count).map { frame in
            (0..<sizeBytes).reduce(0) { $0 | Int(bytes[start + 1 + frame * sizeBytes + $1]) << (8 * $1) }
        }
        guard sizes.reduce(0, +) <= start else {
            isBroken = true
            return [bytes.count]
        }
        return sizes
    }

    /// What the packet's frames say of it.
    package func tell(_ facts: inout PacketFacts) {
        facts.mayHoldHiddenFrames = isBroken
        guard let first = frames.first else { return }
        // Of a key frame that is shown later, what is shown now says nothing.
        facts.isKey = first.isKey && first.isShown
        facts.mayBeBoosted = true
        facts.leansOnPrevious = first.showsEarlier || (!first.isKey && !first.isResilient)
        facts.isDisposable = facts.isDisposable || (frames.count == 1 && first.isLeaf)
        guard !isBroken else { return }
        facts.isShown = facts.isShown && frames.contains { $0.isShown }
        for frame in frames where !frame.isShown { facts.hide(frame.size, isKey: frame.isKey) }
    }
}

/// Which frames in the AV1 packets ahead the wanted ones depend on: a packet holds one that is shown and often others for
/// later, of which most need few, where coders build pyramids.
///
/// Packets have the positions that `FramePlan` gives them.
struct AV1Trace {
    private struct Frame {
        /// Of its packet.
        var range: Range<Int>
        /// Numbers of the frames it needs, -1 where there are fewer.
        let needs: SIMD8<Int>
        let isShown: Bool
        let isKey: Bool
        /// It is a key frame of its own, not one from before that is shown now.
        let startsDecoding: Bool
        /// No other one can need it.
        let isLeaf: Bool
        /// As of `PacketFacts`.
        let depth: Int
        var isNeeded = false
    }

    private struct Packet {
        let frames: Range<Int>
        var isWanted = false
    }

    private var sequence: AV1Sequence?
    private var frames = RingQueue<Frame>()
    private var packets = RingQueue<Packet>()
    /// Numbers of the frames that are stored; -1: not known.
    private var slots = SIMD8<Int>(repeating: -1)
    /// Of each of them.
    private var depths = SIMD8<Int>(repeating: 0)
    /// A packet has one frame that is shown, and few others.
    private static let framesInPacket = 64
    /// Everything so far could be read.
    private var isWhole = true

    /// - Parameter extra: what the container keeps for the decoder.
    init(extra: UnsafeRawBufferPointer) {
        // mp4 and Matroska put four bytes before the units.
        for unit in AV1Units(extra, from: extra.first == 0x81 ? 4 : 0) where unit.kind == .sequence {
            sequence = AV1Sequence(unit.content)
        }
    }

    /// Takes the next packet and says more of it.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ facts: inout PacketFacts) {
        let first = frames.end
        if isWhole {
            isWhole = read(bytes)
            if isWhole {
                let own = first..<frames.end
                facts.isKey = own.contains { frames[$0].startsDecoding }
                facts.isDisposable = !own.isEmpty && own.allSatisfy { frames[$0].isLeaf }
                facts.depth = own.last { frames[$0].isShown }.map { frames[$0].depth } ?? 0
                facts.isShown = facts.isShown && own.contains { frames[$0].isShown }
                for number in own where !frames[number].isShown {
                    facts.hide(frames[number].range.count, isKey: frames[number].isKey)
                }
            }
            facts.mayHoldHiddenFrames = !isWhole
        }
        packets.append(Packet(frames: first..<frames.end))
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var units = AV1Units(bytes)
        let limit = frames.end + Self.framesInPacket
        var isInFrame = false
        while let unit = units.next() {
            switch unit.kind {
            case .sequence:
                sequence = AV1Sequence(unit.content)
            case .frame, .frameHeader:
                // Of several layers, decoders choose.
                guard let sequence, sequence.points.count <= 1, frames.end < limit,
                    let header = AV1FrameHeader(unit.content, sequence, layer: unit.layer)
                else { return false }
                append(header, unit.range)
                isInFrame = true
            case .tiles, .repeatedHeader:
                guard isInFrame else { return false }
                let range = frames[frames.end - 1].range
                frames[frames.end - 1].range = range.lowerBound..<unit.range.upperBound
            case nil: break
            }
        }
        return !units.isBroken
    }

    private mutating func append(_ header: AV1FrameHeader, _ range: Range<Int>) {
        var needs = SIMD8<Int>(repeating: -1)
        var depth = 0
        for slot in 0..<8 where header.needs >> UInt8(slot) & 1 == 1 {
            needs[slot] = slots[slot]
            depth = max(depth, header.shownSlot == nil ? depths[slot] + 1 : depths[slot])
        }
        let shown = header.shownSlot.map { slots[$0] }
        // A stored key frame that is shown takes the place of all.
        let showsKey = shown.map { $0 >= frames.start && frames[$0].isKey } ?? false
        let replaces = showsKey ? 255 : header.replaces
        let number = frames.end
        for slot in 0..<8 where replaces >> UInt8(slot) & 1 == 1 { (slots[slot], depths[slot]) = (number, depth) }
        frames.append(
            Frame(
                range: range, needs: needs, isShown: header.isShown, isKey: header.isKey || showsKey,
                startsDecoding: header.isKey && header.isShown && shown == nil,
                isLeaf: replaces == 0 && shown == nil, depth: depth))
    }

    /// Marks what the wanted packets depend on.
    mutating func mark(_ plan: FramePlan) {
        for position in plan.entries.start..<plan.entries.end
        where plan.entries[position].isWanted && !packets[position].isWanted {
            packets[position].isWanted = true
            for number in packets[position].frames where frames[number].isShown { need(number) }
        }
    }

    private mutating func need(_ number: Int) {
        var open = [number]
        while let number = open.popLast() {
            // What was taken is with the decoder, or is not to be had any more.
            guard number >= frames.start, !frames[number].isNeeded else { continue }
            frames[number].isNeeded = true
            for slot in 0..<8 where frames[number].needs[slot] >= 0 { open.append(frames[number].needs[slot]) }
        }
    }

    /// Takes the first packet. - Returns: parts of it that no wanted frame depends on; nil: that is all there is.
    ///
    /// - Parameter isDecided: all that are wanted up to the next key frame are marked.
    mutating func removeFirst(isDecided: Bool) -> [Range<Int>]? {
        let packet = packets.removeFirst()
        var useless: [Range<Int>] = []
        for _ in packet.frames {
            let frame = frames.removeFirst()
            if isDecided, isWhole, !frame.isNeeded { useless.append(frame.range) }
        }
        return !useless.isEmpty && useless.count == packet.frames.count ? nil : useless
    }
}

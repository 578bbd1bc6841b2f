/// Tells changes of the picture from the sizes of frames that are shown long after they are decoded, as coders of VP8, VP9
/// and AV1 have them for others to be predicted from: one that shows another picture is larger than those before it.
///
/// That finds some changes, not all: movement costs as much (Benchmarks/README.md).
struct HiddenChanges {
    /// Of the last packets' largest ones, bytes, the oldest first.
    private var sizes: [Int] = []
    /// One that must show another picture, and packets since then: it is shown before the next one of its kind, as a rule.
    private var awaited: (size: Int, packets: Int)?
    private var lastShown: Int?

    /// Times larger than all of the last ones.
    static let leastRatio = 1.6
    private static let (count, leastCount) = (4, 2)
    /// Of a frame's size, that of the next one of its kind: pyramids have smaller ones between.
    private static let likePart = 0.5
    /// Packets until it is shown.
    private static let longestWait = 33

    /// Takes the next packet in decoding order.
    ///
    /// - Parameter key: bytes that a key frame takes.
    /// - Returns: the position of a frame that shows another picture.
    mutating func append(_ facts: PacketFacts, position: Int, key: Int?) -> Int? {
        let size = facts.hidden.largest
        var found: Int?
        if let awaited {
            let isLike = Double(size) >= Self.likePart * Double(awaited.size)
            if isLike || facts.isKey || awaited.packets == Self.longestWait { found = end() }
            self.awaited?.packets += 1
        }
        if size > 0 {
            let isLarge = key.map { Double(size) >= PictureChanges.leastPart * Double($0) } ?? false
            if isLarge, !facts.isKey, sizes.count >= Self.leastCount,
                Double(size) >= Self.leastRatio * Double(sizes.max()!)
            {
                awaited = (size, 0)
            }
            if sizes.count == Self.count { sizes.removeFirst() }
            sizes.append(size)
        }
        if facts.isShown { lastShown = position }
        return found
    }

    /// No packet follows. - Returns: as `append`.
    mutating func end() -> Int? {
        defer { awaited = nil }
        return awaited == nil ? nil : lastShown
    }
}

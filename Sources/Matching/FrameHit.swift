public import MediaModel

/// A frame of an item that lies within the radius of a frame of a reference. Times are milliseconds.
public struct FrameHit: Sendable, Hashable {
    public let itemTime: Int64
    public let referenceTime: Int64
    /// 0...256.
    public let distance: Int
    /// Of the reference's form that the item's frame is near to.
    public let orientation: Dihedral

    public init(itemTime: Int64, referenceTime: Int64, distance: Int, orientation: Dihedral) {
        (self.itemTime, self.referenceTime) = (itemTime, referenceTime)
        (self.distance, self.orientation) = (distance, orientation)
    }
}

/// The same in 12 bytes: where two long videos agree, there are millions.
struct CompactHit {
    /// Milliseconds.
    let item: Int32
    let reference: Int32
    let distance: UInt8
    let orientation: Dihedral
}

extension FrameHit {
    init(_ hit: CompactHit) {
        self.init(
            itemTime: Int64(hit.item), referenceTime: Int64(hit.reference), distance: Int(hit.distance),
            orientation: hit.orientation)
    }
}

/// A frame of an item that was compared, whether it hit or not.
public struct ItemFrame: Sendable, Hashable {
    /// Milliseconds.
    public let time: Int64
    public let hash: Hash256

    public init(time: Int64, hash: Hash256) { (self.time, self.hash) = (time, hash) }
}

/// What time each registered frame of a reference stands for: from its own until the next one's.
public struct ReferenceTimeline: Sendable, Hashable {
    /// Of the registered frames, ascending, milliseconds.
    public let times: [Int64]
    /// Where the reference ends, milliseconds.
    public let end: Int64

    /// - Parameters:
    ///   - times: of the registered frames, in any order.
    ///   - end: until when the last one stands; never before it.
    public init(times: some Sequence<Int64>, end: Int64) {
        let sorted = Set(times).sorted()
        self.times = sorted
        self.end = max(end, sorted.last ?? end)
    }

    /// A registered picture.
    public static let still = ReferenceTimeline(times: [0], end: 0)

    /// Milliseconds from the first registered frame on.
    var duration: Int64 { times.first.map { end.subtractingReportingOverflow($0).partialValue } ?? 0 }
}

/// The first number of 0..<count for which `isBefore` is false; it must be true up to there and false from there on.
@inline(__always) func lowerBound(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
        let middle = (low + high) / 2
        if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
}

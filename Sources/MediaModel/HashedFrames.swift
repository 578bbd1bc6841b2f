/// A video's frames, 40 bytes each where they have one hash and nothing beside it: there may be millions of them.
public struct HashedFrames: Sendable, Hashable, RandomAccessCollection {
    private struct Entry: Sendable, Hashable {
        let milliseconds: Int32
        let quality: UInt8
        let isDegenerate: Bool
        let hash: Hash256
    }

    /// All full but the last: growing copies one at most.
    private var blocks: [[Entry]] = []
    private static let blockCount = 4096
    /// Of each frame, if some frame has others than its own upright hash.
    private var hashes: [[OrientedHash]] = []
    /// Of frames that have some, by number.
    private var details: [Int: PictureDetails] = [:]

    public private(set) var count = 0

    public init() {}

    public init(_ frames: some Sequence<HashedFrame>) { for frame in frames { append(frame) } }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(number: Int) -> HashedFrame {
        let time = time(number)
        return HashedFrame(
            time: time,
            hashes: hashes.isEmpty ? [OrientedHash(orientation: .orig, hash: time.feature.hash)] : hashes[number],
            details: details.isEmpty ? .none : details[number] ?? .none)
    }

    /// When a frame is shown, and its own hash.
    public func time(_ number: Int) -> FrameFeature {
        let entry = entry(number)
        return FrameFeature(
            milliseconds: entry.milliseconds,
            feature: Feature(
                hash: entry.hash, quality: Quality(rawValue: Int(entry.quality)), isDegenerate: entry.isDegenerate))
    }

    /// The times of all frames and their own hashes.
    public var times: some RandomAccessCollection<FrameFeature> { indices.lazy.map { time($0) } }

    /// The frames that have details, by number, ascending.
    public var detailed: [(number: Int, details: PictureDetails)] {
        details.keys.sorted().map { ($0, details[$0]!) }
    }

    public mutating func append(_ frame: HashedFrame) {
        if count % Self.blockCount == 0 { blocks.append([]) }
        let feature = frame.time.feature
        blocks[blocks.count - 1].append(
            Entry(
                milliseconds: frame.time.milliseconds, quality: UInt8(feature.quality.rawValue),
                isDegenerate: feature.isDegenerate, hash: feature.hash))
        let own = [OrientedHash(orientation: .orig, hash: feature.hash)]
        if !hashes.isEmpty || frame.hashes != own {
            if hashes.isEmpty {
                hashes = indices.map { [OrientedHash(orientation: .orig, hash: time($0).feature.hash)] }
            }
            hashes.append(frame.hashes)
        }
        if !frame.details.isEmpty { details[count] = frame.details }
        count += 1
    }

    private func entry(_ number: Int) -> Entry {
        precondition((0..<count).contains(number))
        return blocks[number / Self.blockCount][number % Self.blockCount]
    }
}

/// A video's frames, 40 bytes each, and 48 more for each hash of a region: there may be millions of them.
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
    private var regions = FrameRegionHashes()
    /// Of frames that have some, by number.
    private var features: [Int: [LocalFeature]] = [:]

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
            details: details(number))
    }

    private func details(_ number: Int) -> PictureDetails {
        PictureDetails(hashes: regions.hashes(ofFrame: number), features: features[number] ?? [])
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
    public var detailed: some Sequence<(number: Int, details: PictureDetails)> {
        indices.lazy.map { ($0, details($0)) }.filter { !$1.isEmpty }
    }

    /// The frames that have local features, by number, ascending.
    public var withFeatures: [(number: Int, details: PictureDetails)] {
        features.keys.sorted().map { ($0, PictureDetails(hashes: [], features: features[$0]!)) }
    }

    /// Each part that was hashed upright in some frames, in the order in which they came, as if it were a video.
    public var regionTracks: [(window: PictureWindow, corners: Quadrilateral?, frames: some Collection<FrameFeature>)] {
        regions.tracks.map { track in
            let frames = track.entries.lazy.map { entry in
                let (number, hash, quality) = regions.hash(Int(entry))
                return FrameFeature(
                    milliseconds: self.entry(number).milliseconds,
                    feature: Feature(hash: hash, quality: quality, isDegenerate: false))
            }
            return (track.window, track.corners, frames)
        }
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
        regions.append(frame.details.hashes, ofFrame: count)
        if !frame.details.features.isEmpty { features[count] = frame.details.features }
        count += 1
    }

    private func entry(_ number: Int) -> Entry {
        precondition((0..<count).contains(number))
        return blocks[number / Self.blockCount][number % Self.blockCount]
    }
}

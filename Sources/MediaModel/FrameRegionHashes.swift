/// Hashes of regions of a video's frames. The regions are few and come again and again.
struct FrameRegionHashes: Sendable, Hashable {
    private struct Region: Sendable, Hashable {
        let window: PictureWindow
        let kind: RegionHash.Kind
        let orientation: Dihedral
        let corners: Quadrilateral?
    }
    private struct Entry: Sendable, Hashable {
        let frame: Int32
        /// Which of `regions`.
        let region: Int32
        let quality: UInt8
        let hash: Hash256
    }

    private var regions: [Region] = []
    private var numbers: [Region: Int32] = [:]
    /// By frame, and of each in the order in which they came. All blocks are full but the last.
    private var blocks: [[Entry]] = []
    private var count = 0
    private static let blockCount = 4096

    /// - Precondition: frames ascend.
    mutating func append(_ hashes: [RegionHash], ofFrame frame: Int) {
        for hash in hashes {
            let region = Region(
                window: hash.window, kind: hash.kind, orientation: hash.orientation, corners: hash.corners)
            let number = numbers[region] ?? Int32(regions.count)
            if Int(number) == regions.count {
                regions.append(region)
                numbers[region] = number
            }
            if count % Self.blockCount == 0 { blocks.append([]) }
            blocks[blocks.count - 1].append(
                Entry(
                    frame: Int32(frame), region: number, quality: UInt8(hash.quality.rawValue), hash: hash.hash))
            count += 1
        }
    }

    func hashes(ofFrame frame: Int) -> [RegionHash] {
        guard count > 0 else { return [] }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if entry(middle).frame < Int32(frame) { low = middle + 1 } else { high = middle }
        }
        var found: [RegionHash] = []
        while low < count, entry(low).frame == Int32(frame) {
            let (entry, region) = (entry(low), regions[Int(entry(low).region)])
            found.append(
                RegionHash(
                    window: region.window, kind: region.kind, orientation: region.orientation, hash: entry.hash,
                    quality: Quality(rawValue: Int(entry.quality)), corners: region.corners))
            low += 1
        }
        return found
    }

    /// Upright parts, in the order in which they came, with the numbers of their hashes.
    var tracks: [(window: PictureWindow, corners: Quadrilateral?, entries: [Int32])] {
        struct Part: Hashable {
            let window: PictureWindow
            let corners: Quadrilateral?
        }
        var order: [Part] = []
        var tracks: [Part: [Int32]] = [:]
        for number in 0..<count {
            let region = regions[Int(entry(number).region)]
            guard region.orientation == .orig else { continue }
            let part = Part(window: region.window, corners: region.corners)
            if tracks[part] == nil { order.append(part) }
            tracks[part, default: []].append(Int32(number))
        }
        return order.map { ($0.window, $0.corners, tracks[$0]!) }
    }

    func hash(_ number: Int) -> (frame: Int, hash: Hash256, quality: Quality) {
        let entry = entry(number)
        return (Int(entry.frame), entry.hash, Quality(rawValue: Int(entry.quality)))
    }

    private func entry(_ number: Int) -> Entry { blocks[number / Self.blockCount][number % Self.blockCount] }
}

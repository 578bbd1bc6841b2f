public import MediaModel

/// The windows of a reference that are hashed, so that a cropped copy lies near one of them.
///
/// A PDQ hash stays within 31 bits for nine photos of ten while a window's edges are off by at most 1 % of its side,
/// all four outwards, or 1.2 % at one corner, or 1.7 % at one edge (Benchmarks/robustness, `tolerance`). The steps are
/// twice that. Windows lie as people crop: around the middle, from a corner or an edge, or along one axis only. Those
/// that lie anywhere are local features' work: with this tolerance they would be tens of thousands.
enum ReferenceWindows {
    /// Ratios from one window to the next smaller.
    private static let centred = 0.965
    private static let anchored = 0.976
    private static let oneAxis = 0.967

    static let all: [PictureWindow] = {
        var windows: [PictureWindow] = []
        func add(_ width: Double, _ height: Double, _ x: Double, _ y: Double) {
            let (left, top) = ((1 - width) * x, (1 - height) * y)
            let window = PictureWindow(left: left, top: top, right: left + width, bottom: top + height)
            if let window { windows.append(window) }
        }
        for side in sides(from: 0.985, to: 0.42, by: centred) { add(side, side, 0.5, 0.5) }
        for side in sides(from: 0.985, to: 0.45, by: anchored) {
            for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1), (0, 0.5), (1, 0.5), (0.5, 0), (0.5, 1)] {
                add(side, side, x, y)
            }
        }
        for side in sides(from: 0.98, to: 0.3, by: oneAxis) {
            for place in [0, 0.5, 1] {
                add(side, 1, place, 0)
                add(1, side, 0, place)
            }
        }
        return windows
    }()

    private static func sides(from largest: Double, to least: Double, by ratio: Double) -> [Double] {
        var (sides, side) = ([Double](), largest)
        while side >= least {
            sides.append(side)
            side *= ratio
        }
        return sides
    }
}

/// The crops of a reference: hashes of its windows and of what it shows when it is turned a little, else upright, without
/// those that would mean nothing and those that another one is close to.
public func referenceCrops(_ picture: LumaPicture, gate: Quality) -> [RegionHash] {
    let hasher = WindowHasher(picture)
    var kept: [RegionHash] = []
    func add(_ entries: [RegionHash]) {
        for entry in entries where !kept.contains(where: { $0.hash.distance(to: entry.hash) <= mergedDistance }) {
            kept.append(entry)
        }
    }
    for window in ReferenceWindows.all { add(hasher.hashes(of: window, .crop, gate: gate)) }
    for part in ReferenceTilts.parts(width: Double(picture.width), height: Double(picture.height)) {
        add(hasher.hashes(of: part, .tilted, gate: gate))
    }
    return kept
}

/// Bits up to which a crop is left out for another one.
private let mergedDistance = 4

public import MediaModel

/// The parts of an item that may be a picture of their own, hashed: at most some dozens.
///
/// The first two, mostly the whole and what is left within borders, in eight orientations, because a reference's crops
/// are kept upright, and so the likeliest quadrilateral, whose sides may be off; the others as they are, which is what
/// finds whole references in any orientation.
public func itemRegions(_ picture: LumaPicture, gate: Quality) -> [RegionHash] {
    let hasher = WindowHasher(picture)
    let edged = EdgedBoxes(picture)
    let boxes = itemWindows(picture, edged).enumerated().flatMap { number, entry in
        hasher.hashes(of: entry.0, entry.1, isTurned: number < turnedRegions, gate: gate)
    }
    let slanted = SlantedParts(picture, reduced: edged.small, scale: edged.scale).parts.enumerated().flatMap {
        hasher.hashes(of: $1, .slanted, isTurned: $0 == 0, gate: gate)
    }
    return boxes + slanted
}

/// The whole first, then what may be a picture of its own, the likelier first.
func itemWindows(_ picture: LumaPicture, _ edged: EdgedBoxes? = nil) -> [(PictureWindow, RegionHash.Kind)] {
    let whole = Box(left: 0, top: 0, right: Double(picture.width), bottom: Double(picture.height))
    var windows: [(PictureWindow, RegionHash.Kind)] = [(.whole, .whole)]
    func add(_ box: Box, _ kind: RegionHash.Kind) {
        guard let window = box.window(in: picture),
            !windows.contains(where: { $0.0.overlap(with: window) > sameOverlap })
        else { return }
        windows.append((window, kind))
    }
    let borders = Borders(picture: picture)
    let inner = borders.withoutUniform(whole)
    add(inner, .bordered)
    // What looks like a border may be the picture's own.
    let above = borders.withoutUniform(whole, .aboveAndBelow)
    let beside = borders.withoutUniform(whole, .leftAndRight)
    for box in [
        above, beside, borders.withoutUniform(above, .leftAndRight), borders.withoutUniform(beside, .aboveAndBelow),
        borders.withoutCalm(inner), borders.withoutCalm(inner, .aboveAndBelow),
        borders.withoutCalm(inner, .leftAndRight),
    ] { add(box, .bordered) }
    let edged = edged ?? EdgedBoxes(picture)
    for box in edged.islands {
        add(box, .edged)
        add(borders.withoutUniform(box, inset: roundCorners), .edged)
    }
    for box in edged.boxes {
        add(box, .edged)
        add(borders.withoutUniform(box, inset: roundCorners), .edged)
    }
    for (left, top, right, bottom) in parts {
        add(
            Box(
                left: left * whole.right, top: top * whole.bottom, right: right * whole.right,
                bottom: bottom * whole.bottom), .part)
    }
    return Array(windows.prefix(maximumRegions))
}

/// Windows that share more of their area are one.
private let sameOverlap = 0.98
private let maximumRegions = 36
/// The whole, and what borders leave.
private let turnedRegions = 2
/// Of the shorter side.
private let roundCorners = 0.012

/// Halves and quarters, as shares of the sides.
private let parts: [(Double, Double, Double, Double)] = [
    (0, 0, 0.5, 1), (0.5, 0, 1, 1), (0, 0, 1, 0.5), (0, 0.5, 1, 1), (0, 0, 0.5, 0.5), (0.5, 0, 1, 0.5),
    (0, 0.5, 0.5, 1), (0.5, 0.5, 1, 1),
]

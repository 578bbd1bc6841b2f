import MediaModel

/// Quadrilaterals between long straight edges that are no boxes: a picture on a screen or a print that was photographed,
/// or one that was turned on a plain background.
struct SlantedParts {
    private let picture: LumaPicture
    /// The picture in which edges are looked for, and how many pixels of `picture` are one of it.
    private let small: LumaPicture
    private let scale: Int

    private static let limit = 4
    /// Pixels on the longer side of the picture in which edges are looked for, at most.
    private static let longestSide = 240
    /// Of the picture's sides.
    private static let leastSide = 0.25
    private static let leastSupport = 0.42
    /// What a side counts that is not calm outside of the part, beside one that is.
    private static let restless = 0.4
    /// Slopes of opposite sides differ by no more.
    private static let largestTaper = 0.35
    /// Of the picture's sides: what of a part may be cut off.
    private static let outside = 0.04
    /// Of a candidate's score, and of the best one's: of the parts that were found right, 98 of 100 are over 0.012, of the
    /// best ones of unrelated pictures 90 are under 0.007.
    private static let (leastScore, leastShare) = (0.008, 0.3)
    /// Pixels of the small picture by which a side is off the upright, at least: the others are boxes.
    private static let leastSlant = 2.0
    /// Of the picture's sides: parts whose corners are nearer are one.
    private static let sameCorner = 0.03

    /// - Parameters:
    ///   - reduced: the picture, `scale` times smaller.
    init(_ picture: LumaPicture, reduced: LumaPicture, scale: Int) {
        self.picture = picture
        let isLarge = max(reduced.width, reduced.height) > Self.longestSide
        (small, self.scale) = isLarge ? (reduced.halved, 2 * scale) : (reduced, scale)
    }

    /// The likeliest first.
    var parts: [Quadrilateral] {
        let (width, height) = (Double(picture.width), Double(picture.height))
        return candidates.compactMap { corners in
            let fitted = SideFit(picture: picture, reach: scale + 2).corners(corners.map { $0 * Double(scale) })
            return Quadrilateral(fitted.map { ($0.x / width, $0.y / height) })
        }
    }

    private struct Candidate {
        let score: Double
        let corners: [SIMD2<Double>]
    }

    /// In pixels of the small picture.
    private var candidates: [[SIMD2<Double>]] {
        let (width, height) = (small.width, small.height)
        guard min(width, height) > 32 else { return [] }
        // Borders alone make no part.
        let upright = SlantedEdges(small.pixels, width: width, height: height)
        guard upright.lines.count > 2 else { return [] }
        let flat = SlantedEdges(small.transposedPixels, width: height, height: width)
        guard flat.lines.count > 2 else { return [] }
        let crossings = upright.lines.map { line in flat.lines.map { crossing(line, $0, upright, flat) } }
        let columns = upright.lines.indices.sorted { upright.lines[$0].centre < upright.lines[$1].centre }
        let rows = flat.lines.indices.sorted { flat.lines[$0].centre < flat.lines[$1].centre }
        var found: [Candidate] = []
        for (i, left) in columns.enumerated() {
            for right in columns[(i + 1)...] where Self.isPair(upright.lines[left], upright.lines[right]) {
                for (j, top) in rows.enumerated() {
                    for bottom in rows[(j + 1)...] where Self.isPair(flat.lines[top], flat.lines[bottom]) {
                        let corners = [
                            crossings[left][top], crossings[right][top], crossings[right][bottom],
                            crossings[left][bottom],
                        ]
                        guard isPossible(corners) else { continue }
                        let sides = [
                            upright.support(left, from: corners[0].y, to: corners[3].y, isLeft: true),
                            upright.support(right, from: corners[1].y, to: corners[2].y, isLeft: false),
                            flat.support(top, from: corners[0].x, to: corners[1].x, isLeft: true),
                            flat.support(bottom, from: corners[3].x, to: corners[2].x, isLeft: false),
                        ]
                        let borders =
                            [upright.lines[left], upright.lines[right]] + [flat.lines[top], flat.lines[bottom]]
                        guard borders.count(where: \.isBorder) < 3,
                            sides.allSatisfy({ $0.edge >= Self.leastSupport })
                        else { continue }
                        let support = sides.reduce(1) {
                            $0 * $1.edge * (Self.restless + (1 - Self.restless) * $1.calm)
                        }
                        let score = support * support * area(corners).squareRoot()
                        if score >= Self.leastScore { found.append(Candidate(score: score, corners: corners)) }
                    }
                }
            }
        }
        return varied(found)
    }

    private static func isPair(_ line: SlantedEdges.Line, _ other: SlantedEdges.Line) -> Bool {
        abs(line.slope - other.slope) <= largestTaper
    }

    private func crossing(
        _ upright: SlantedEdges.Line, _ flat: SlantedEdges.Line, _ columns: SlantedEdges, _ rows: SlantedEdges
    ) -> SIMD2<Double> {
        let (x0, y0) = (upright.centre - upright.slope * columns.middle, flat.centre - flat.slope * rows.middle)
        let y = (y0 + flat.slope * x0) / (1 - upright.slope * flat.slope)
        return SIMD2(x0 + upright.slope * y, y)
    }

    /// Whether it is large enough, within the picture and no box.
    private func isPossible(_ c: [SIMD2<Double>]) -> Bool {
        let (width, height) = (Double(small.width), Double(small.height))
        let (left, top) = (-Self.outside * width, -Self.outside * height)
        guard c.allSatisfy({ $0.x > left && $0.x < width - left && $0.y > top && $0.y < height - top }),
            min(c[1].x - c[0].x, c[2].x - c[3].x) > Self.leastSide * width,
            min(c[3].y - c[0].y, c[2].y - c[1].y) > Self.leastSide * height
        else { return false }
        let slant = [c[0].x - c[3].x, c[1].x - c[2].x, c[0].y - c[1].y, c[2].y - c[3].y].map(abs).max()!
        return slant >= Self.leastSlant
    }

    /// Of the picture's, about.
    private func area(_ c: [SIMD2<Double>]) -> Double {
        (c[1].x - c[0].x + c[2].x - c[3].x) * (c[3].y - c[0].y + c[2].y - c[1].y) / 4
            / Double(small.width * small.height)
    }

    /// The best ones that differ.
    private func varied(_ found: [Candidate]) -> [[SIMD2<Double>]] {
        let least = SIMD2(Double(small.width), Double(small.height)) * Self.sameCorner
        let most = found.map(\.score).max() ?? 0
        var (taken, left) = ([[SIMD2<Double>]](), found.filter { $0.score >= Self.leastShare * most })
        while taken.count < Self.limit, let best = left.indices.max(by: { left[$0].score < left[$1].score }) {
            let corners = left[best].corners
            taken.append(corners)
            left.removeAll { other in
                zip(corners, other.corners).allSatisfy { abs($0.x - $1.x) <= least.x && abs($0.y - $1.y) <= least.y }
            }
        }
        return taken
    }
}

/// Boxes between long straight edges.
struct EdgedBoxes {
    private let picture: LumaPicture
    /// The picture in which edges are looked for, and how many pixels of `picture` are one of it.
    let small: LumaPicture
    let scale: Int

    /// Of the picture's sides.
    private static let leastSide = 0.15
    /// What a side on the picture's border counts, beside edges by their support.
    private static let borderSupport = 0.8
    private static let leastSupport = 0.4
    /// Boxes that are kept.
    private static let limit = 12
    /// The best ones, from which those are taken.
    private static let considered = 120
    /// What a box that is nearly another one counts less.
    private static let sameness = 0.6

    init(_ picture: LumaPicture) {
        self.picture = picture
        scale = max(picture.width, picture.height) > 400 ? 2 : 1
        small = scale == 1 ? picture : picture.halved
    }

    /// The best first.
    var boxes: [Box] {
        let (width, height) = (small.width, small.height)
        guard min(width, height) > 8 else { return [] }
        let vertical = StraightEdges(small.pixels, width: width, height: height)
        let horizontal = StraightEdges(small.transposedPixels, width: height, height: width)
        let (xs, ys) = (vertical.positions, horizontal.positions)
        let (leastWidth, leastHeight) = (Self.leastSide * Double(width), Self.leastSide * Double(height))
        var found: [Candidate] = []
        for j in ys.indices {
            for k in ys.indices where k > j && Double(ys[k] - ys[j]) >= leastHeight {
                let sides = xs.indices.map { i in
                    i == 0 || i == xs.count - 1
                        ? Self.borderSupport : vertical.support(i, from: ys[j], to: ys[k])
                }
                for i in xs.indices where sides[i] >= Self.leastSupport {
                    for l in xs.indices
                    where l > i && sides[l] >= Self.leastSupport && Double(xs[l] - xs[i]) >= leastWidth {
                        let top = j == 0 ? Self.borderSupport : horizontal.support(j, from: xs[i], to: xs[l])
                        let bottom =
                            k == ys.count - 1 ? Self.borderSupport : horizontal.support(k, from: xs[i], to: xs[l])
                        let isAll = i == 0 && j == 0 && l == xs.count - 1 && k == ys.count - 1
                        guard min(top, bottom) >= Self.leastSupport, !isAll else { continue }
                        // Small boxes are many, and pictures are shown large.
                        let area = Double((xs[l] - xs[i]) * (ys[k] - ys[j])) / Double(width * height)
                        let support = sides[i] * sides[l] * top * bottom
                        found.append(
                            Candidate(
                                score: support * support * area.squareRoot(), x: (xs[i], xs[l]), y: (ys[j], ys[k])))
                    }
                }
            }
        }
        found.sort { $0.score > $1.score }
        return Self.varied(found.prefix(Self.considered)).map { refined($0.x, $0.y) }
    }

    /// Boxes on a plain background.
    var islands: [Box] { Islands(small).boxes.map { refined($0.x, $0.y) } }

    /// The best ones, each of which counts the less, the more it has in common with one that was taken.
    private static func varied(_ found: ArraySlice<Candidate>) -> [Candidate] {
        var (taken, left) = ([Candidate](), Array(found))
        while taken.count < limit, let best = left.indices.max(by: { left[$0].score < left[$1].score }) {
            let box = left[best]
            taken.append(box)
            left.swapAt(best, left.count - 1)
            left.removeLast()
            for i in left.indices { left[i].score *= 1 - sameness * left[i].overlap(with: box) }
        }
        return taken
    }

    private struct Candidate {
        var score: Double
        let x: (Int, Int)
        let y: (Int, Int)

        /// Shared area by the area of both.
        func overlap(with other: Candidate) -> Double {
            let width = min(x.1, other.x.1) - max(x.0, other.x.0)
            let height = min(y.1, other.y.1) - max(y.0, other.y.0)
            guard width > 0, height > 0 else { return 0 }
            let both = (x.1 - x.0) * (y.1 - y.0) + (other.x.1 - other.x.0) * (other.y.1 - other.y.0)
            return Double(width * height) / Double(both - width * height)
        }
    }

    /// Each side moved to where the picture itself changes most.
    private func refined(_ x: (Int, Int), _ y: (Int, Int)) -> Box {
        let (left, right, top, bottom) = (x.0 * scale, x.1 * scale, y.0 * scale, y.1 * scale)
        let columns = max(0, top)..<min(picture.height, bottom)
        let rows = max(0, left)..<min(picture.width, right)
        return Box(
            left: x.0 == 0 ? 0 : refined(left, limit: picture.width) { changeAcross(column: $0, columns) },
            top: y.0 == 0 ? 0 : refined(top, limit: picture.height) { changeAcross(row: $0, rows) },
            right: x.1 == small.width
                ? Double(picture.width) : refined(right, limit: picture.width) { changeAcross(column: $0, columns) },
            bottom: y.1 == small.height
                ? Double(picture.height) : refined(bottom, limit: picture.height) { changeAcross(row: $0, rows) })
    }

    private func refined(_ position: Int, limit: Int, _ change: (Int) -> Double) -> Double {
        let range = max(1, position - scale - 1)...max(1, min(limit - 1, position + scale + 1))
        let changes = range.map { ($0, change($0)) }
        let mean = changes.reduce(0) { $0 + $1.1 } / Double(changes.count)
        let peak = changes.max { $0.1 < $1.1 }!.0
        // A boundary within a pixel shows on both sides of it.
        let near = changes.filter { abs($0.0 - peak) <= 1 && $0.1 > mean }
        let weight = near.reduce(0) { $0 + $1.1 - mean }
        return weight > 0 ? near.reduce(0) { $0 + Double($1.0) * ($1.1 - mean) } / weight : Double(peak)
    }

    private func changeAcross(column: Int, _ rows: Range<Int>) -> Double {
        picture.pixels.withUnsafeBufferPointer { pixels in
            var sum = 0
            for y in rows {
                let at = y * picture.width + column
                sum += abs(Int(pixels[at]) - Int(pixels[at - 1]))
            }
            return Double(sum)
        }
    }

    private func changeAcross(row: Int, _ columns: Range<Int>) -> Double {
        picture.pixels.withUnsafeBufferPointer { pixels in
            let at = row * picture.width
            var sum = 0
            for x in columns { sum += abs(Int(pixels[at + x]) - Int(pixels[at - picture.width + x])) }
            return Double(sum)
        }
    }
}

extension LumaPicture {
    /// Means of 2 x 2 pixels; an odd last row or column is left out.
    var halved: LumaPicture {
        let (width, height) = (max(1, self.width / 2), max(1, self.height / 2))
        guard self.width >= 2, self.height >= 2 else { return self }
        let out = [UInt8](unsafeUninitializedCapacity: width * height) { out, count in
            pixels.withUnsafeBufferPointer { pixels in
                for y in 0..<height {
                    let (first, second) = (2 * y * self.width, (2 * y + 1) * self.width)
                    for x in 0..<width {
                        let upper = UInt16(pixels[first + 2 * x]) + UInt16(pixels[first + 2 * x + 1])
                        let lower = UInt16(pixels[second + 2 * x]) + UInt16(pixels[second + 2 * x + 1])
                        out[y * width + x] = UInt8(truncatingIfNeeded: (upper + lower + 2) >> 2)
                    }
                }
            }
            count = width * height
        }
        return LumaPicture(pixels: out, width: width, height: height)
    }

    /// Rows as columns.
    var transposedPixels: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: width * height) { out, count in
            pixels.withUnsafeBufferPointer { pixels in
                for y in 0..<height { for x in 0..<width { out[x * height + y] = pixels[y * width + x] } }
            }
            count = width * height
        }
    }
}

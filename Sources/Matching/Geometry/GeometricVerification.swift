import Glibc
import MediaModel

/// One transform on which pairs of features agree.
struct FeatureAgreement {
    /// From the item's pixels to the reference's (or the mirrored reference's).
    let transform: AffineTransform
    /// Those that agree and lie apart from each other, the nearest descriptors first.
    let inliers: [FeaturePair]

    /// Each inlier counts, from not at all to one, by how rarely unrelated descriptors are as near (measured by
    /// Benchmarks/robustness/learn_boxes.py: within 32 bits less than 1 in 10^6, within 52 1 in 10^4).
    var evidence: Double {
        inliers.reduce(0) { $0 + min(1, max(0, Double(52 - $1.distance) / 20)) }
    }
}

/// The transform of most pairs.
///
/// Every pair alone states a similarity, by the places, sizes and angles of its features; that with most agreeing pairs
/// is fitted to them as an affine transform, twice. All pairs are tried, so the result doesn't depend on chance.
///
/// - Parameters:
///   - item: its longer side in pixels.
///   - size: that of the reference.
func agreement(of pairs: [FeaturePair], item: Double, reference size: Double) -> FeatureAgreement? {
    guard pairs.count >= 4 else { return nil }
    var (strongest, most) = (0, 0)
    for index in pairs.indices {
        let proposal = Proposal(pairs[index], tolerance: 0.05 * size)
        let agreeing = pairs.count { proposal.holds(for: $0) }
        if agreeing > most { (strongest, most) = (index, agreeing) }
    }
    let proposal = Proposal(pairs[strongest], tolerance: 0.05 * size)
    var best = pairs.filter { proposal.holds(for: $0) }
    guard var transform = fitted(best) else { return nil }
    for tolerance in [0.025, 0.02] {
        best = pairs.filter { isNear(transform, $0, tolerance * size) }
        guard let next = fitted(best) else { return nil }
        transform = next
    }
    // Sizes and angles say the same as places do: among pairs that agree by chance, few do.
    let final = Proposal(transform, tolerance: 0.02 * size)
    best = pairs.filter { final.holds(for: $0) }
    guard isPlausible(transform), !best.isEmpty else { return nil }
    // What of the reference is shown at most.
    let shown = min(size, item * (transform.a * transform.a + transform.d * transform.d).squareRoot())
    return FeatureAgreement(transform: transform, inliers: apart(best, by: shown / 30))
}

/// A transform, and what it says of features' sizes and angles.
private struct Proposal {
    private let scale: Double
    private let turn: Double
    private let transform: AffineTransform
    private let tolerance: Double

    /// The similarity that one pair states by the places, sizes and angles of its features.
    init(_ pair: FeaturePair, tolerance: Double) {
        scale = pair.reference.radius / pair.item.radius
        turn = pair.reference.angle - pair.item.angle
        let (c, s) = (scale * cos(2 * .pi * turn), scale * sin(2 * .pi * turn))
        transform = AffineTransform(
            c, -s, pair.reference.x - c * pair.item.x + s * pair.item.y, s, c,
            pair.reference.y - s * pair.item.x - c * pair.item.y)
        self.tolerance = tolerance
    }

    /// By the similarity that is nearest to the transform.
    init(_ transform: AffineTransform, tolerance: Double) {
        let (c, s) = ((transform.a + transform.e) / 2, (transform.d - transform.b) / 2)
        scale = (c * c + s * s).squareRoot()
        turn = atan2(s, c) / (2 * .pi)
        (self.transform, self.tolerance) = (transform, tolerance)
    }

    func holds(for pair: FeaturePair) -> Bool {
        guard isNear(transform, pair, tolerance) else { return false }
        let ratio = pair.reference.radius / pair.item.radius / scale
        let difference = pair.reference.angle - pair.item.angle - turn
        return ratio > 0.6 && ratio < 1.67 && abs(difference - difference.rounded()) < 0.08
    }
}

private func isNear(_ transform: AffineTransform, _ pair: FeaturePair, _ tolerance: Double) -> Bool {
    let (x, y) = transform(pair.item.x, pair.item.y)
    return abs(x - pair.reference.x) <= tolerance && abs(y - pair.reference.y) <= tolerance
}

/// A copy is neither squeezed nor sheared beyond recognition.
private func isPlausible(_ t: AffineTransform) -> Bool {
    // Squares of the singular values.
    let (p, q, r) = (t.a * t.a + t.d * t.d, t.b * t.b + t.e * t.e, t.a * t.b + t.d * t.e)
    let (middle, half) = ((p + q) / 2, (((p - q) / 2) * ((p - q) / 2) + r * r).squareRoot())
    return t.a * t.e - t.b * t.d > 0 && middle - half > 0 && (middle + half) / (middle - half) < 4
}

/// Least squares; nil when the points lie along a line.
private func fitted(_ pairs: [FeaturePair]) -> AffineTransform? {
    guard pairs.count >= 4 else { return nil }
    let n = Double(pairs.count)
    let (mx, my) = (pairs.reduce(0) { $0 + $1.item.x } / n, pairs.reduce(0) { $0 + $1.item.y } / n)
    let (mu, mv) = (pairs.reduce(0) { $0 + $1.reference.x } / n, pairs.reduce(0) { $0 + $1.reference.y } / n)
    var (xx, xy, yy, xu, yu, xv, yv) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for pair in pairs {
        let (x, y) = (pair.item.x - mx, pair.item.y - my)
        let (u, v) = (pair.reference.x - mu, pair.reference.y - mv)
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y)
        (xu, yu, xv, yv) = (xu + x * u, yu + y * u, xv + x * v, yv + y * v)
    }
    let determinant = xx * yy - xy * xy
    guard determinant > 0.002 * (xx + yy) * (xx + yy) else { return nil }
    let (a, b) = ((xu * yy - yu * xy) / determinant, (yu * xx - xu * xy) / determinant)
    let (d, e) = ((xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant)
    return AffineTransform(a, b, mu - a * mx - b * my, d, e, mv - d * mx - e * my)
}

/// The nearest descriptors of each neighbourhood in the reference: at least `least` pixels wide, and a good part of the
/// feature's patch, because patches that overlap say the same twice.
private func apart(_ pairs: [FeaturePair], by least: Double) -> [FeaturePair] {
    var kept: [FeaturePair] = []
    for pair in pairs.sorted(by: { ($0.distance, $0.item.y, $0.item.x) < ($1.distance, $1.item.y, $1.item.x) }) {
        let isApart = kept.allSatisfy { other in
            let (dx, dy) = (other.reference.x - pair.reference.x, other.reference.y - pair.reference.y)
            let own = max(least, overlappingShare * min(pair.reference.radius, other.reference.radius))
            return dx * dx + dy * dy >= own * own
        }
        if isApart { kept.append(pair) }
    }
    return kept
}

/// Patches whose middles are closer, in parts of their radius, count as one.
private let overlappingShare = 0.45

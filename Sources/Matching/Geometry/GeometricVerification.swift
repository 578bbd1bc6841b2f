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
    var best: [FeaturePair] = []
    for pair in pairs {
        let scale = pair.reference.radius / pair.item.radius
        let turn = pair.reference.angle - pair.item.angle
        let (c, s) = (scale * cos(2 * .pi * turn), scale * sin(2 * .pi * turn))
        let transform = AffineTransform(
            c, -s, pair.reference.x - c * pair.item.x + s * pair.item.y, s, c,
            pair.reference.y - s * pair.item.x - c * pair.item.y)
        let agreeing = pairs.filter { other in
            let ratio = other.reference.radius / other.item.radius / scale
            let difference = other.reference.angle - other.item.angle - turn
            return ratio > 0.6 && ratio < 1.67 && abs(difference - difference.rounded()) < 0.08
                && isNear(transform, other, 0.05 * size)
        }
        if agreeing.count > best.count { best = agreeing }
    }
    guard var transform = fitted(best) else { return nil }
    for tolerance in [0.025, 0.02] {
        best = pairs.filter { isNear(transform, $0, tolerance * size) }
        guard let next = fitted(best) else { return nil }
        transform = next
    }
    best = pairs.filter { isNear(transform, $0, 0.02 * size) }
    guard isPlausible(transform) else { return nil }
    // What of the reference is shown at most.
    let shown = min(size, item * (transform.a * transform.a + transform.d * transform.d).squareRoot())
    return FeatureAgreement(transform: transform, inliers: apart(best, by: shown / 30))
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

/// The nearest descriptors of each neighbourhood in the reference, `least` pixels wide: corners are found at several
/// scales.
private func apart(_ pairs: [FeaturePair], by least: Double) -> [FeaturePair] {
    var kept: [FeaturePair] = []
    for pair in pairs.sorted(by: { ($0.distance, $0.item.y, $0.item.x) < ($1.distance, $1.item.y, $1.item.x) }) {
        let isApart = kept.allSatisfy { other in
            let (dx, dy) = (other.reference.x - pair.reference.x, other.reference.y - pair.reference.y)
            return dx * dx + dy * dy >= least * least
        }
        if isApart { kept.append(pair) }
    }
    return kept
}

import MediaModel

/// Says for people which part of a picture shows which part of another.
enum PartDescription {
    static func lines(_ match: Match) -> [String] {
        let turned = match.orientation.explanation + (match.isNegative ? ", bright and dark swapped" : "")
        guard let location = match.location else {
            return ["Match: B shows A, \(turned), at a distance of \(match.distance) bits."]
        }
        var lines = [
            "Match: \(shown(location)), \(turned)."
        ]
        if let inliers = location.inliers {
            lines.append(
                "\(Progress.count(inliers, "local feature agrees", "local features agree")) in where they lie.")
        } else {
            lines.append("The parts' hashes are \(match.distance) bits apart.")
        }
        let transform = location.transform
        let factors = [transform.a, transform.b, transform.c, transform.d, transform.e, transform.f].map(decimal)
        lines.append(
            "B's pixel (x, y) is A's (\(factors[0]) x + \(factors[1]) y + \(factors[2]), \(factors[3]) x + \(factors[4]) y + \(factors[5]))."
        )
        return lines
    }

    static func shown(_ location: MatchLocation) -> String {
        "\(text(location.region)) of B show \(text(location.referenceRegion)) of A"
    }

    static func text(_ region: Region) -> String {
        "\(region.width) x \(region.height) pixels at (\(region.x), \(region.y))"
    }

    private static func decimal(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        let fraction = String(hundredths % 100)
        return (value < 0 && hundredths > 0 ? "-" : "") + "\(hundredths / 100)."
            + String(repeating: "0", count: 2 - fraction.count) + fraction
    }
}

import Glibc
import HashIndex
import MediaModel

/// A reference's picture, or frame, that local features speak for.
struct Nominee: Hashable {
    /// Its number in the `DetailIndex`.
    let picture: Int
    let isMirrored: Bool
}

/// Votes of an item's features for references. All features of a copy are turned and scaled alike, so only those votes
/// count together that say the same of both (Jegou, Douze, Schmid: "Hamming embedding and weak geometric consistency",
/// ECCV 2008).
struct FeatureVotes {
    private struct Ballot: Hashable {
        let nominee: Nominee
        let turn: Int8
        let scale: Int8
    }

    private struct Tally {
        var lastFeature: Int
        var features = 1
        var weight: Float
    }

    private var tallies: [Ballot: Tally] = [:]

    private static let turns = 16
    private static let scalesPerOctave: Float = 2

    /// A vote of the item's feature number `number`. To be called in the order of the numbers.
    ///
    /// - Parameter weight: what speaks for many references says little of each.
    mutating func add(_ nominee: Nominee, item: LocalFeature, number: Int, reference: LocalFeature, weight: Float) {
        let turn = Float(reference.angle &- item.angle) / 65536 * Float(Self.turns)
        let octaves = log2(Float(max(1, reference.radius)) / Float(max(1, item.radius)))
        let scale = octaves * Self.scalesPerOctave
        // In two neighbouring bins each, so that no border cuts those that agree apart.
        let first = (Int(turn), Int(scale.rounded(.down)))
        let second = (
            (first.0 + (turn - Float(first.0) < 0.5 ? Self.turns - 1 : 1)) % Self.turns,
            first.1 + (scale - Float(first.1) < 0.5 ? -1 : 1)
        )
        for turn in [first.0, second.0] {
            for scale in [first.1, second.1] {
                let ballot = Ballot(nominee: nominee, turn: Int8(turn), scale: Int8(clamping: scale))
                guard let tally = tallies[ballot] else {
                    tallies[ballot] = Tally(lastFeature: number, weight: weight)
                    continue
                }
                // A feature has one vote.
                if tally.lastFeature == number { continue }
                tallies[ballot] = Tally(
                    lastFeature: number, features: tally.features + 1, weight: tally.weight + weight)
            }
        }
    }

    /// Those with `least` features that agree, the best first: so many of all, and of one reference.
    func nominees(
        least: Int, count: Int, ofOneReference: Int, reference: (Int) -> ReferenceID
    ) -> [Nominee] {
        var best: [Nominee: Float] = [:]
        for (ballot, tally) in tallies where tally.features >= least {
            best[ballot.nominee] = max(best[ballot.nominee] ?? 0, tally.weight)
        }
        let sorted = best.sorted {
            ($0.value, $1.key.picture, $1.key.isMirrored ? 1 : 0)
                > ($1.value, $0.key.picture, $0.key.isMirrored ? 1 : 0)
        }
        var (chosen, ofReference) = ([Nominee](), [ReferenceID: Int]())
        for (nominee, _) in sorted where chosen.count < count {
            let reference = reference(nominee.picture)
            guard ofReference[reference, default: 0] < ofOneReference else { continue }
            ofReference[reference, default: 0] += 1
            chosen.append(nominee)
        }
        return chosen
    }
}

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
    private struct Vote {
        /// The nominee's picture, twice, and 1 when it is mirrored.
        let nominee: UInt32
        /// The item's feature.
        let number: Int32
        /// Of turn and scale, in two neighbouring bins each, so that no border cuts those that agree apart.
        let bins: (UInt16, UInt16, UInt16, UInt16)
        let weight: Float
    }

    private struct Tally {
        var lastFeature: Int32 = -1
        var features: Int32 = 0
        var weight: Float = 0
    }

    private var votes: [Vote] = []

    private static let turns = 16
    private static let scalesPerOctave: Float = 2
    /// Scales that are told apart: those beyond count as the last one.
    private static let scales = 64

    /// A vote of the item's feature number `number`. To be called in the order of the numbers.
    ///
    /// - Parameters:
    ///   - angle: of the reference's feature.
    ///   - radius: the same.
    ///   - weight: what speaks for many references says little of each.
    mutating func add(
        _ nominee: Nominee, item: LocalFeature, number: Int, angle: UInt16, radius: UInt16, weight: Float
    ) {
        let turn = Float(angle &- item.angle) / 65536 * Float(Self.turns)
        let octaves = log2(Float(max(1, radius)) / Float(max(1, item.radius)))
        let scale = octaves * Self.scalesPerOctave
        let first = (Int(turn), Int(scale.rounded(.down)))
        let second = (
            (first.0 + (turn - Float(first.0) < 0.5 ? Self.turns - 1 : 1)) % Self.turns,
            first.1 + (scale - Float(first.1) < 0.5 ? -1 : 1)
        )
        func bin(_ turn: Int, _ scale: Int) -> UInt16 {
            UInt16(turn * Self.scales + max(0, min(Self.scales - 1, scale + Self.scales / 2)))
        }
        votes.append(
            Vote(
                nominee: UInt32(2 * nominee.picture) | (nominee.isMirrored ? 1 : 0), number: Int32(number),
                bins: (
                    bin(first.0, first.1), bin(first.0, second.1), bin(second.0, first.1), bin(second.0, second.1)
                ), weight: weight))
    }

    /// Those with `least` features that agree, the best first: so many of all, and of one reference.
    func nominees(
        least: Int, count: Int, ofOneReference: Int, reference: (Int) -> ReferenceID
    ) -> [Nominee] {
        // By nominee, and of each in the order in which they came.
        let order = votes.indices.map { UInt64(votes[$0].nominee) << 32 | UInt64($0) }.sorted()
        var tallies = [Tally](repeating: Tally(), count: Self.turns * Self.scales)
        var best: [(nominee: UInt32, weight: Float)] = []
        var start = 0
        while start < order.count {
            let nominee = UInt32(order[start] >> 32)
            var end = start + 1
            while end < order.count, UInt32(order[end] >> 32) == nominee { end += 1 }
            if end - start >= least {
                let own = order[start..<end].lazy.map { votes[Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF)] }
                if let weight = Self.weight(of: own, least: least, &tallies) { best.append((nominee, weight)) }
            }
            start = end
        }
        best.sort { a, b in (a.weight, b.nominee) > (b.weight, a.nominee) }
        var (chosen, ofReference) = ([Nominee](), [ReferenceID: Int]())
        for (nominee, _) in best where chosen.count < count {
            let picture = Int(nominee / 2)
            let reference = reference(picture)
            guard ofReference[reference, default: 0] < ofOneReference else { continue }
            ofReference[reference, default: 0] += 1
            chosen.append(Nominee(picture: picture, isMirrored: nominee % 2 == 1))
        }
        return chosen
    }

    /// Of one nominee's votes, the weight of the most that agree; nil unless `least` features do.
    ///
    /// - Parameter tallies: empty ones, and left so.
    private static func weight(of votes: some Sequence<Vote>, least: Int, _ tallies: inout [Tally]) -> Float? {
        var best: Float?
        for vote in votes {
            func count(in bin: UInt16) {
                let place = Int(bin)
                // A feature has one vote.
                guard tallies[place].lastFeature != vote.number else { return }
                tallies[place].lastFeature = vote.number
                tallies[place].features += 1
                tallies[place].weight += vote.weight
                if tallies[place].features >= Int32(least) { best = max(best ?? 0, tallies[place].weight) }
            }
            count(in: vote.bins.0)
            count(in: vote.bins.1)
            count(in: vote.bins.2)
            count(in: vote.bins.3)
        }
        for vote in votes {
            for bin in [vote.bins.0, vote.bins.1, vote.bins.2, vote.bins.3] { tallies[Int(bin)] = Tally() }
        }
        return best
    }
}

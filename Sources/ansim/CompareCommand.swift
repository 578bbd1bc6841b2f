import ArgumentParser
import MediaModel
import MediaSources
import Scanning

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say why two pictures match or don't.",
        discussion: """
            A stands for the reference, as it would be registered: in eight orientations, each in several alignments, \
            of which the nearest counts. B stands for the item.
            """)

    @OptionGroup var matching: MatchingOptions

    @OptionGroup(title: "Limits") var decoding: DecodingOptions

    @Argument(help: "The reference.", completion: .file())
    var a: String

    @Argument(help: "The item.", completion: .file())
    var b: String

    func run() throws {
        try Ansim.prepare()
        let items = try PathArguments.checked([a, b]).map { SourceItem(provenance: Provenance(path: $0)) }
        var examinations: [Examination] = []
        _ = try decoding.examiner(.reference).run(
            items.makeIterator(), stop: Interruption.stop, process: { $0 }, deliver: { examinations.append($0) })
        guard examinations.count == 2 else { throw RunFailure("Stopped.") }

        for (name, examination) in zip(["A", "B"], examinations) { try say(Self.describe(examination, name: name)) }
        let (first, second) = (examinations[0], examinations[1])
        if let digest = first.item.sha256, digest == second.item.sha256 {
            try say("A and B are the same file, byte for byte: a match whatever the hashes say.")
            return
        }
        guard case .picture(let aFacts, let aHashes) = first.content,
            case .picture(let bFacts, let bHashes) = second.content
        else {
            try say("No match by bytes, and without both pictures no match by hash.")
            throw ExitCode.incomplete
        }
        try say("")
        // As a scan does: the nearest of the hashes that a reference answers to.
        let distances = Dihedral.allCases.map { orientation in
            let hashes = aHashes.filter { $0.orientation == orientation }
            return (orientation, hashes.map { $0.hash.distance(to: bHashes[0].hash) }.min() ?? 256)
        }
        for (orientation, distance) in distances {
            let mark = distance <= matching.threshold ? "  <= \(matching.threshold)" : ""
            try say(
                "  \(Self.padded(orientation.name, 8))\(Self.padded(String(distance), 5))\(orientation.explanation)\(mark)"
            )
        }
        try say("")
        try say(verdict(aFacts, bFacts, best: distances.min { $0.1 < $1.1 }!))
    }

    private func verdict(_ a: PictureFacts, _ b: PictureFacts, best: (Dihedral, Int)) -> String {
        for (name, facts) in [("A", a), ("B", b)] {
            if facts.isDegenerate {
                return "No match: \(name) is one colour, a gradient or stripes, so its hash is noise."
            }
            if facts.quality.rawValue < matching.minQuality {
                return
                    "No match: the quality of \(name) is \(facts.quality.rawValue), under \(matching.minQuality), so its hash is not compared."
            }
        }
        return best.1 <= matching.threshold
            ? "Match: B shows A, \(best.0.explanation), at a distance of \(best.1) bits (threshold \(matching.threshold))."
            : "No match: the nearest orientation is \(best.1) bits away (threshold \(matching.threshold))."
    }

    private static func describe(_ examination: Examination, name: String) -> String {
        let path = examination.item.provenance.printablePath
        switch examination.content {
        case .picture(let facts, _):
            var text =
                "\(name)  \(path): \(facts.format.rawValue), \(facts.width) x \(facts.height), quality \(facts.quality.rawValue)"
            if facts.hasFurtherFrames { text += ", the first of several frames or pages" }
            if let damage = facts.damage { text += ", damaged (\(damage))" }
            return text
        case .video(let facts, let frames):
            return
                "\(name)  \(path): video (\(facts.container), \(facts.codec)), \(facts.width) x \(facts.height), \(Progress.oneDecimal(Double(facts.durationMilliseconds) / 1000)) s, \(frames.count) frames looked at"
        case .failure(let failure, _): return "\(name)  \(path): \(failure.verdict.rawValue), \(failure.detail)"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

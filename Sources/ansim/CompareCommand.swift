import ArgumentParser
import Glibc
import Matching
import MediaModel
import MediaSources
import Scanning

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say why two pictures or videos match or don't.",
        discussion: """
            A stands for the reference, as it would be registered: in eight orientations, each in several alignments, \
            of which the nearest counts. B stands for the item.

            Examples:
              ansim compare original.jpg copy.jpg
              ansim compare --rule vpdq original.mp4 copy.mp4
            """)

    enum Rule: String, ExpressibleByArgument, CaseIterable {
        case ansim, vpdq
    }

    @Option(
        help: """
            ansim: as a scan decides. vpdq: of two videos, how many frames of each lie near the other, as Meta's vPDQ \
            counts them (one a second, no order, no time, no orientations).
            """)
    var rule = Rule.ansim

    @Option(
        help: ArgumentHelp(
            "Where to draw which part of B shows which part of A: outlines and agreeing places, not the pictures (PNG).",
            valueName: "file"), completion: .file())
    var picture: String?

    @Flag(help: "Replace the file of --picture if there is one.")
    var overwrite = false

    @OptionGroup var matching: MatchingOptions
    @OptionGroup var depth: DepthOptions
    @OptionGroup var frames: FrameOptions

    @OptionGroup(title: "Limits") var decoding: DecodingOptions

    @Argument(help: "The reference.", completion: .file())
    var a: String

    @Argument(help: "The item.", completion: .file())
    var b: String

    func validate() throws {
        guard picture?.lowercased().hasSuffix(".png") ?? true else {
            throw ValidationError("--picture draws PNG: give the file a name that ends with .png.")
        }
        guard picture == nil || rule == .ansim else { throw ValidationError("--picture goes with --rule ansim.") }
        guard rule == .ansim || !frames.isGiven else {
            throw ValidationError(
                "vPDQ's rule is about one frame a second: --frames and --max-gap go with --rule ansim.")
        }
    }

    func run() throws {
        try Ansim.prepare()
        let items = try PathArguments.checked([a, b]).map { SourceItem(provenance: Provenance(path: $0)) }
        if rule == .vpdq { return try compareByVPDQ(items) }
        let first = try examine(
            items[0],
            decoding.examiner(.reference, leastFrameDistance: RegisterCommand.leastFrameDistance, depth: depth.depth))
        let matcher = ComparedReference(first, gate: matching.policy.qualityGate)?
            .matcher(matching.policy, depth: depth.depth)
        // As a scan does.
        let second = try examine(items[1], decoding.examiner(.single, frameMode: frames.mode, depth: depth.depth)) {
            matcher?.findings($0, sha256: nil).isPromising ?? false
        }
        for (name, examination) in [("A", first), ("B", second)] { try say(Self.describe(examination, name: name)) }
        if let digest = first.item.sha256, digest == second.item.sha256 {
            try say("A and B are the same file, byte for byte: a match whatever the hashes say.")
            return try sayThatNothingIsDrawn("the files are the same")
        }
        if case .video = first.content { return try compareInTime(first, second, matcher) }
        if case .video = second.content { return try compareInTime(first, second, matcher) }
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
        let best = distances.min { $0.1 < $1.1 }!
        guard best.1 > matching.threshold, let match = partMatch(first, second, bFacts) else {
            try say(verdict(aFacts, bFacts, best: best))
            return try sayThatNothingIsDrawn("a picture shows parts, and there are none")
        }
        for line in PartDescription.lines(match) { try say(line) }
        try draw(match, first.size, second.size)
    }

    private func examine(
        _ item: SourceItem, _ examiner: Examiner,
        looksCloser: @escaping @Sendable (SearchedVideo) -> Bool = { _ in false }
    ) throws -> Examination {
        var found: Examination?
        _ = try examiner.run(
            [item].makeIterator(), stop: Interruption.stop, looksCloser: looksCloser,
            process: { examination, _ in examination }, deliver: { found = $0 })
        guard let found else { throw RunFailure("Stopped.") }
        return found
    }

    private func draw(_ match: Match, _ a: (width: Int, height: Int), _ b: (width: Int, height: Int)) throws {
        guard let picture, let location = match.location else { return }
        let drawn = MatchPicture(aSize: a, bSize: b, location: location)
        let file = try LineOutput(path: picture, overwrites: overwrite, replacing: [])
        do throws(LineOutput.Failure) {
            try file.write(bytes: drawn.png)
            try file.close()
        } catch {
            // Half a picture is none.
            _ = file.remove()
            guard error.isOfTheDisk else { throw error }
            throw RunFailure("The disk is full: \(picture) was not drawn.")
        }
        try say("Drawn in \(picture): A's outline red, B's blue, agreeing places green.")
    }

    private func sayThatNothingIsDrawn(_ why: String) throws {
        if picture != nil { try say("Nothing was drawn: \(why).") }
    }

    /// Beyond the hashes of both wholes, as a scan of this depth decides.
    private func partMatch(_ first: Examination, _ second: Examination, _ facts: PictureFacts) -> Match? {
        ComparedReference(first, gate: matching.policy.qualityGate)?.matcher(matching.policy, depth: depth.depth)
            .matches(
                feature: second.feature, sha256: nil,
                picture: SearchedPicture(width: facts.width, height: facts.height, details: second.details)
            ).first
    }

    private func compareByVPDQ(_ items: [SourceItem]) throws {
        var examinations: [Examination] = []
        _ = try decoding.examiner(.single, frameMode: .vpdq(secondsPerHash: 1)).run(
            items.makeIterator(), stop: Interruption.stop, process: { examination, _ in examination },
            deliver: { examinations.append($0) })
        guard examinations.count == 2 else { throw RunFailure("Stopped.") }
        for (name, examination) in zip(["A", "B"], examinations) { try say(Self.describe(examination, name: name)) }
        guard case .video(_, let aFrames) = examinations[0].content,
            case .video(_, let bFrames) = examinations[1].content
        else {
            try say("vPDQ's rule is about two videos, both without damage.")
            throw ExitCode.incomplete
        }
        let overlap = vpdqOverlap(
            query: bFrames.times.map(\.feature), compared: aFrames.times.map(\.feature),
            distance: matching.threshold, quality: matching.minQuality)
        func line(_ name: String, _ other: String, _ matched: Int, _ kept: Int, _ percent: Double) -> String {
            "\(Progress.oneDecimal(percent)) % of \(name)'s frames (\(matched) of \(kept) with enough quality) are under \(matching.threshold) bits from one of \(other)'s."
        }
        try say("")
        try say(line("A", "B", overlap.comparedMatched, overlap.comparedKept, overlap.comparedPercent))
        try say(line("B", "A", overlap.queryMatched, overlap.queryKept, overlap.queryPercent))
        try say(
            "vPDQ itself gives no verdict: its README asks for 80 % of the registered video (A), python-threatexchange for 80 % of the other (B). Distances count strictly below the threshold, as in Meta's tool."
        )
    }

    /// At least one of them is a video: A's frames are what would be registered, B's what a scan looks at.
    private func compareInTime(_ first: Examination, _ second: Examination, _ matcher: Matcher?) throws {
        guard let matcher else {
            try say("No match: A has no frame whose hash means anything.")
            throw ExitCode.incomplete
        }
        let video: SearchedVideo
        switch second.content {
        case .picture(let facts, let hashes):
            let frame = HashedFrame(
                time: FrameFeature(milliseconds: 0, feature: second.feature!), hashes: hashes, details: second.details)
            video = SearchedVideo(frames: HashedFrames([frame]), width: facts.width, height: facts.height, duration: 0)
        case .video(let facts, let frames): video = SearchedVideo(facts, frames)
        case .failure:
            try say("No match by bytes, and without both no match by hash.")
            throw ExitCode.incomplete
        }
        let found = matcher.findings(video, sha256: nil)
        try say("")
        guard let match = found.matches.first else {
            try say(
                found.isPromising
                    ? "No match: some frames are near, but too few, or too alike, agree in time"
                        + (frames.frames == .every ? "." : ", also in a closer look. --frames every looks at all.")
                    : "No match: no frames of B agree with A's in time (threshold \(matching.threshold) bits).\(unsearched)"
            )
            return try sayThatNothingIsDrawn("there is no match")
        }
        for line in TimeDrawing.lines(match.segments, duration: video.duration) { try say(line) }
        try say("")
        if let location = match.location {
            let found = location.inliers == nil ? "Hashes of this part" : "Local features"
            try say("\(found) agree: \(PartDescription.shown(location)).")
            try draw(match, first.size, second.size)
        } else {
            try sayThatNothingIsDrawn("a picture shows parts, and whole frames agree")
        }
        let frames = match.segments.reduce(0) { $0 + $1.frames }
        try say(
            "Match: B shows A, \(match.orientation.explanation), in \(Progress.count(match.segments.count, "segment", "segments")): \(Progress.count(frames, "frame agrees", "frames agree")), median distance \(match.distance) bits."
        )
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
            : "No match: the nearest orientation is \(best.1) bits away (threshold \(matching.threshold)).\(unsearched)"
    }

    /// What a deeper search could have found.
    private var unsearched: String {
        switch depth.depth {
        case .quick: " Only wholes were compared (--depth quick), no crops, parts or local features."
        case .regions: " Local features were not compared (--depth regions)."
        case .full: ""
        }
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
                "\(name)  \(path): video (\(facts.container), \(facts.codec)), \(facts.width) x \(facts.height), \(Progress.oneDecimal(Double(facts.durationMilliseconds) / 1000)) s, \(Progress.count(frames.count, "frame", "frames")) looked at"
        case .failure(let failure, _): return "\(name)  \(path): \(failure.verdict.rawValue), \(failure.detail)"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension Examination {
    /// Pixels; of a video, of its first frame.
    fileprivate var size: (width: Int, height: Int) {
        switch content {
        case .picture(let facts, _): (facts.width, facts.height)
        case .video(let facts, _): (facts.width, facts.height)
        case .failure: (0, 0)
        }
    }
}

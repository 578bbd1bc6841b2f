import ArgumentParser
import HashIndex
import Matching
import MediaModel
import Registry
import Scanning

struct RematchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rematch",
        abstract: "Match what earlier scans examined against the registry, without the media.",
        discussion: """
            Finds last month's copies of what is registered today: give the ledger of the scans, and --case for the new \
            case only. Writes match records as `ansim scan` does, in byte order of the paths.

            Examples:
              ansim rematch --ledger records.jsonl.ledger --case 2026-017
              ansim rematch --ledger records.jsonl.ledger --output matches.jsonl
            """)

    @Option(help: "The ledger that `ansim scan` wrote.", completion: .file())
    var ledger: String

    @Option(
        name: .customLong("case"), help: ArgumentHelp("Only this case's references.", valueName: "id"),
        transform: parseCase)
    var caseID: CaseID?

    @Option(help: "The file to write records to. Default: standard output.", completion: .file())
    var output: String?

    @Flag(help: "Replace the output file even when it holds something else than records.")
    var overwrite = false

    @Option(help: "jsonl: one JSON object a line. text: matches for people.")
    var format = RecordFormat.jsonl

    @OptionGroup var matching: MatchingOptions
    @OptionGroup var rule: RuleOptions
    @OptionGroup var depth: DepthOptions

    @Flag(help: "Exit with status 10 when a match is found.")
    var failOnMatch = false

    @Flag(help: "No summary on standard error.")
    var quiet = false

    @OptionGroup var registry: RegistryOptions
    @OptionGroup(title: "Limits") var decoding: DecodingOptions

    func run() throws {
        try Ansim.prepare()
        var policy = matching.policy
        policy.vpdq = rule.vpdq
        let settings = ScanSettings(
            policy: policy, convention: .fullSize, precision: .fast, frameMode: .keyFrames(maximumGap: nil),
            limits: decoding.limits, depth: depth.depth, version: ansimVersion)
        let ledger = try Ledger(path: ledger, examination: nil)
        let isQuiet = quiet
        let snapshot = try registry.open(.reading).searchable(
            radius: policy.threshold, qualityGate: policy.qualityGate, caseID: caseID, depth: depth.depth
        ) { if !isQuiet { note($0) } }
        // What other cases have decides over which frames of this one count.
        let commonFrames = try caseID.flatMap { _ in
            guard snapshot.references.contains(where: { $0.video != nil }), policy.commonCases > 0 else {
                return CommonFrames?.none
            }
            let all = try registry.open(.reading).searchable(
                radius: policy.threshold, qualityGate: policy.qualityGate
            ) { if !isQuiet { note($0) } }
            return CommonFrames(index: all.index, references: all.references, policy: policy)
        }
        let matcher = Matcher(
            index: snapshot.index, references: snapshot.references, policy: policy,
            details: DetailIndex(snapshot.details, depth: depth.depth), commonFrames: commonFrames)
        if !quiet, depth.depth > .quick {
            let (shallow, all) = try ledger.picturesWithoutDetails(gate: policy.qualityGate)
            if shallow > 0 {
                note(
                    "Of \(shallow) of \(Progress.count(all, "picture", "pictures")) the ledger has only the whole (--depth quick): cropped, covered or pasted copies among them can't be found. Scan them again with --depth \(depth.depth.name)."
                )
            }
        }
        if !quiet {
            let unexamined = try ledger.unexaminedCount()
            if unexamined > 0 {
                note(
                    "\(Progress.count(unexamined, "item", "items")) could not be examined when last tried, so the ledger knows nothing to compare of them."
                )
            }
        }
        if !quiet, matcher.searchesDigests {
            let unknown = try ledger.itemsWithoutDigests()
            if unknown > 0 {
                note(
                    "The registry has lists of MD5 or SHA-1, but of \(Progress.count(unknown, "item", "items")) the ledger has neither, so these can't be found by them. Scan them again with --ledger-digests."
                )
            }
        }
        let output = try LineOutput(path: output, overwrites: overwrite)
        let origin = RecordOrigin(engine: ansimVersion, settings: settings.digest, registry: snapshot.digest)
        let records = ScanRecordWriter(output: output, format: format, coverage: .notable, origin: origin)
        let summary: SummaryRecord
        do {
            summary = try Rematch(
                ledger: ledger, matcher: matcher, index: snapshot.index,
                digests: snapshot.references.flatMap(\.fileDigests),
                threads: decoding.parallelism, suppressed: snapshot.suppressed
            ).run(stop: Interruption.stop) { result in
                try matcher.checkThatItHolds()
                try records.write(result)
            }
            try matcher.checkThatItHolds()
            try records.write(summary)
            try output.close()
        } catch LineOutput.Failure.closed {
            return
        } catch {
            try? output.close()
            throw error
        }
        if !quiet {
            note(
                "\(Progress.count(summary.items, "item", "items")) known, "
                    + "\(Progress.count(summary.matchedItems, "shows", "show")) a registered picture "
                    + "(\(Progress.count(summary.matches, "match", "matches")))."
                    + (summary.suppressed > 0
                        ? " \(summary.suppressed) more were left out: a person called them no match." : ""))
            let undecided = summary.count(.partial)
            if undecided > 0 {
                note(
                    "Of \(Progress.count(undecided, "video", "videos")) some frames are near a reference, too few to tell without the file (tooFewFrames in the records): scan them again."
                )
            }
        }
        guard summary.isComplete else { throw RunFailure("Stopped before the end.") }
        if failOnMatch, summary.matches > 0 { throw ExitCode.matched }
        if summary.unexamined > 0 { throw ExitCode.incomplete }
    }
}

extension RegisteredReference {
    /// SHA-256 of files that are it.
    fileprivate var fileDigests: [SHA256Digest] {
        [sha256] + (listed?.kind == .sha256 ? [SHA256Digest(bytes: listed!.bytes)!] : [])
    }
}

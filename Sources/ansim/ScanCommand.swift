import ArgumentParser
import Glibc
import HashIndex
import Matching
import MediaModel
import MediaSources
import Registry
import Reporting
import Scanning

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find registered pictures in files and folders.",
        discussion: """
            Writes one JSON object a line: a record for every match and for every item that could not be examined, \
            then a summary. Records come in the order of the items (names in byte order) and carry no times, so two \
            runs over the same files compare equal. Symbolic links are followed; every folder is entered once.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case jsonl, text
    }

    @Option(help: "The file to write records to. Default: standard output.", completion: .file())
    var output: String?

    @Option(help: "jsonl: one JSON object a line. text: matches and failures for people.")
    var format = Format.jsonl

    @Flag(help: "Write a record for every examined item.")
    var all = false

    @Option(help: ArgumentHelp("Largest distance of a match in bits, 0...256.", valueName: "bits"))
    var threshold = MatchingPolicy().threshold

    @Option(help: ArgumentHelp("Least PDQ quality for matching by hash, 0...100.", valueName: "quality"))
    var minQuality = Quality.usualGate.rawValue

    @Flag(help: "Exit with status 10 when a match is found.")
    var failOnMatch = false

    @Flag(help: "No progress and no summary on standard error.")
    var quiet = false

    @OptionGroup var registry: RegistryOptions
    @OptionGroup(title: "Limits") var decoding: DecodingOptions
    @OptionGroup var arguments: PathArguments

    func validate() throws {
        guard (0...256).contains(threshold) else { throw ValidationError("--threshold takes 0 to 256.") }
        guard (0...100).contains(minQuality) else { throw ValidationError("--min-quality takes 0 to 100.") }
    }

    func run() throws {
        try Ansim.prepare()
        let paths = try arguments.checked()
        let policy = MatchingPolicy(threshold: threshold, qualityGate: Quality(rawValue: minQuality))
        let settings = ScanSettings(
            policy: policy, convention: .fullSize, limits: decoding.limits, version: ansimVersion)
        let snapshot = try registry.open(.existing).snapshot(
            convention: settings.convention, qualityGate: policy.qualityGate)
        if snapshot.references.isEmpty, !quiet { note("The registry holds no references, so nothing can match.") }
        let matcher = Matcher(
            index: FlatIndex(entries: snapshot.entries), references: snapshot.references, policy: policy)

        let output = try LineOutput(path: output)
        let records = ScanRecordWriter(output: output, format: format, all: all, settings: settings.digest)
        let progress = Progress(isQuiet: quiet, paths: paths)
        defer { progress.end() }
        let summary: SummaryRecord
        do {
            summary = try Scan(examiner: decoding.examiner(.single), matcher: matcher).run(
                FolderWalk(paths, excluding: self.output.map { Array($0.utf8) }), stop: Interruption.stop
            ) { result, counts in
                try records.write(result)
                progress.show(items: counts.items, matches: counts.matches, failures: counts.unexamined)
            }
            try records.write(summary)
            try output.close()
        } catch LineOutput.Failure.closed {
            return
        } catch {
            // The records so far are whole and stay.
            try? output.close()
            throw error
        }
        progress.end()
        if !quiet { note(Self.describe(summary, seconds: progress.elapsed)) }
        guard summary.isComplete else {
            throw RunFailure(
                "Stopped before the end. The records so far are whole; run the command again to scan everything.")
        }
        if failOnMatch, summary.matches > 0 { throw ExitCode.matched }
        if summary.unexamined > 0 { throw ExitCode.incomplete }
    }

    /// The summary for people.
    private static func describe(_ summary: SummaryRecord, seconds: Double) -> String {
        if summary.items == 0 { return "There are no files under the given paths." }
        var lines = [
            "\(Progress.count(summary.items, "item", "items")) in \(Progress.duration(seconds)) "
                + "(\(Progress.oneDecimal(Double(summary.items) / max(0.001, seconds)))/s): "
                + "\(Progress.count(summary.matchedItems, "shows", "show")) a registered picture (\(Progress.count(summary.matches, "match", "matches"))), \(summary.count(.clear)) clear, "
                + "\(summary.unexamined) not examined in full."
        ]
        if summary.comparedByBytesOnly > 0 {
            lines.append(
                "Of the clear ones, \(Progress.count(summary.comparedByBytesOnly, "is", "are")) too plain for a hash; only the bytes were compared."
            )
        }
        let failures: [(Verdict, String)] = [
            (.partial, "damaged or of several frames, examined as far as it goes"),
            (.undecodable, "broken, or not pictures"),
            (.unsupported, "of formats that are not decoded"), (.overLimit, "over a limit"),
        ]
        let kinds = failures.filter { summary.count($0.0) > 0 }.map { "\(summary.count($0.0)) \($0.1)" }
        if !kinds.isEmpty { lines.append("Not examined in full: " + kinds.joined(separator: "; ") + ".") }
        return lines.joined(separator: "\n")
    }
}

/// Results as lines.
private final class ScanRecordWriter {
    private let output: LineOutput
    private let format: ScanCommand.Format
    private let all: Bool
    private let settings: String

    init(output: LineOutput, format: ScanCommand.Format, all: Bool, settings: String) {
        (self.output, self.format, self.all, self.settings) = (output, format, all, settings)
    }

    func write(_ result: ItemResult) throws {
        switch format {
        case .jsonl: try writeJSON(result)
        case .text: try writeText(result)
        }
    }

    func write(_ summary: SummaryRecord) throws {
        if format == .jsonl { try output.write(RecordEncoding.line(summary, settings: settings)) }
    }

    private func writeJSON(_ result: ItemResult) throws {
        for match in result.matches {
            let record = MatchRecord(item: result.item, picture: result.picture, match: match)
            try output.write(RecordEncoding.line(record, settings: settings))
        }
        if let failure = result.failure {
            let record = UnexaminedRecord(item: result.item, failure: failure)
            try output.write(RecordEncoding.line(record, settings: settings))
        }
        if all {
            let record = ItemRecord(
                item: result.item, picture: result.picture, verdict: result.verdict, matches: result.matches.count)
            try output.write(RecordEncoding.line(record, settings: settings))
        }
    }

    private func writeText(_ result: ItemResult) throws {
        let path = result.item.provenance.printablePath
        for match in result.matches {
            let how =
                match.evidence == .bytes
                ? "the same file" : "distance \(match.distance), \(match.orientation.explanation)"
            try output.write("match       \(path): case \(match.caseID), reference \(match.reference), \(how)")
        }
        if let failure = result.failure {
            try output.write("\(Self.padded(failure.verdict.rawValue)) \(path): \(failure.detail)")
        } else if all, result.matches.isEmpty {
            try output.write("\(Self.padded(result.verdict.rawValue)) \(path)")
        }
    }

    private static func padded(_ word: String) -> String {
        word + String(repeating: " ", count: max(0, 11 - word.count))
    }
}

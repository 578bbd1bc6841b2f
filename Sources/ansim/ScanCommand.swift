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
            runs over the same files compare equal. Symbolic links are followed; every folder is entered once. Sidecars \
            of gallery-dl (FILE.json) and yt-dlp (NAME.info.json) are read for where their file came from, and are no \
            items themselves.

            `ansim scan -` reads items from standard input, one JSON object a line with "path" and whatever else is to \
            come back in the records. Every line is answered, in order, by its matches and one record more.

            Examples:
              ansim scan --output records.jsonl crawl/
              ansim scan --format text --depth quick crawl/
              ansim scan --all --no-ledger -- * | gzip > records.jsonl.gz
            """)

    @Option(help: "The file to write records to. Default: standard output.", completion: .file())
    var output: String?

    @Flag(help: "Replace the output file even when it holds something else than records.")
    var overwrite = false

    @Option(help: "jsonl: one JSON object a line. text: matches and failures for people.")
    var format = RecordFormat.jsonl

    @Option(
        help: """
            A record of all that was examined: the same scan goes on where it stopped, unchanged files are not decoded \
            again, and `ansim rematch` needs no media. Default: beside --output, with .ledger at its end.
            """, completion: .file())
    var ledger: String?

    @Flag(help: "Keep no ledger.")
    var noLedger = false

    @Flag(
        help: """
            Keep each item's MD5 and SHA-1 in the ledger, for about 2.5 ms a megabyte: records of `ansim rematch` have them \
            then, and it finds what lists name by them. Without, only matches have them, and what is examined while the \
            registry has such lists.
            """)
    var ledgerDigests = false

    @Flag(help: "Write a record for every examined item.")
    var all = false

    @Flag(help: "Keep in the records who uploaded a file, where a sidecar says so.")
    var keepUploader = false

    @Flag(
        help: """
            Hash every picture as PDQ's reference does. Without it, hashes may lie a few bits beside that, for a \
            fraction of the time; whoever comes within \(HashPrecision.margin) bits of the threshold is hashed exactly all the same.
            """)
    var exact = false

    @OptionGroup var matching: MatchingOptions
    @OptionGroup var rule: RuleOptions
    @OptionGroup var depth: DepthOptions
    @OptionGroup var frames: FrameOptions

    @Flag(help: "Exit with status 10 when a match is found.")
    var failOnMatch = false

    @Flag(help: "No progress and no summary on standard error.")
    var quiet = false

    @OptionGroup var registry: RegistryOptions
    @OptionGroup(title: "Archives") var archives: ArchiveOptions
    @OptionGroup(title: "Limits") var decoding: DecodingOptions
    @OptionGroup var arguments: PathArguments

    func validate() throws {
        if let vpdq = rule.vpdq, vpdq.leastReferencePercent > 0, frames.frames != .every {
            throw ValidationError(
                "vPDQ's rule counts which frames of a reference an item shows, so it has to see all of the item's: add --frames every. With --vpdq-reference 0 and --vpdq-item it goes by the item's alone."
            )
        }
        guard ledger == nil || !noLedger else { throw ValidationError("--ledger and --no-ledger exclude each other.") }
        guard !ledgerDigests || ledgerPath != nil else {
            throw ValidationError("--ledger-digests goes with a ledger: add --output FILE or --ledger FILE.")
        }
        guard arguments.paths == ["-"] || !arguments.paths.contains("-") else {
            throw ValidationError("- reads items from standard input and takes no paths beside it. A file: ./-")
        }
        for (name, path) in [("--ledger", ledgerPath), ("--registry", try? registry.path)] {
            guard let output, let path, FileStatus.areSame(output, path) else { continue }
            throw ValidationError("--output and \(name) name the same file, \(output); give each its own.")
        }
    }

    /// Items come from standard input.
    private var readsLines: Bool { arguments.paths == ["-"] }

    private var precision: HashPrecision { exact ? .exact : .fast }

    /// Nil when none is kept: a ledger belongs to a file of records, or is named.
    private var ledgerPath: String? {
        guard !noLedger else { return nil }
        if let ledger { return ledger }
        // A device holds no neighbours.
        return output.flatMap { $0.hasPrefix("/dev/") ? nil : $0 + ".ledger" }
    }

    func run() throws {
        try Ansim.prepare()
        // Before any file of ours is open.
        let inherited = readsLines ? InheritedDescriptors.all : []
        let paths = readsLines ? [] : try arguments.checked()
        var policy = matching.policy
        policy.vpdq = rule.vpdq
        let settings = ScanSettings(
            policy: policy, convention: .fullSize, precision: precision, frameMode: frames.mode,
            limits: decoding.limits, depth: depth.depth, archives: archives.limits, version: ansimVersion)
        let isQuiet = quiet
        let snapshot = try registry.open(.reading).searchable(
            radius: policy.threshold + HashPrecision.margin, qualityGate: policy.qualityGate, depth: depth.depth
        ) { if !isQuiet { note($0) } }
        if snapshot.references.isEmpty, !quiet { note("The registry holds no references, so nothing can match.") }
        let matcher = Matcher(
            index: snapshot.index, references: snapshot.references, policy: policy,
            details: DetailIndex(snapshot.details, depth: depth.depth))

        // A ledger beside it says that the file is the output of an earlier run.
        let hasLedger = self.ledger == nil && ledgerPath.map { FileStatus.error(of: Array($0.utf8)) == nil } ?? false
        let output = try LineOutput(path: output, overwrites: overwrite || hasLedger)
        let ledger = try ledgerPath.map {
            try Ledger(path: $0, examination: settings.examinationDigest, keepsDigests: ledgerDigests)
        }
        let origin = RecordOrigin(engine: ansimVersion, settings: settings.digest, registry: snapshot.digest)
        let records = ScanRecordWriter(
            output: output, format: format, coverage: readsLines ? .answers : all ? .all : .notable, origin: origin)
        let progress = Progress(isQuiet: quiet, paths: paths)
        defer { progress.end() }
        let summary: SummaryRecord
        do {
            let items: any IteratorProtocol<SourceItem> =
                readsLines
                ? LineItems(
                    input: STDIN_FILENO, descriptors: inherited, isStopped: { Interruption.stop.isRequested })
                : arguments.walk(paths, excluding: ownFiles)
            summary = try Scan(
                examiner: decoding.examiner(
                    .single, precision: precision, frameMode: frames.mode, ledger: ledger, depth: depth.depth,
                    keepsUploader: keepUploader, archives: archives.limits),
                matcher: matcher, suppressed: snapshot.suppressed
            ).run(
                items, stop: Interruption.stop, notice: { if !quiet { note($0) } }
            ) { result, counts in
                try matcher.checkThatItHolds()
                try records.write(result)
                progress.show(items: counts.items, matches: counts.matches, failures: counts.unexamined)
            }
            try matcher.checkThatItHolds()
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
                ledger == nil
                    ? "Stopped before the end. The records so far are whole; run the command again to scan everything."
                    : "Stopped before the end. Run the same command again: what was examined is not decoded again.")
        }
        if failOnMatch, summary.matches > 0 { throw ExitCode.matched }
        if summary.unexamined > 0 { throw ExitCode.incomplete }
    }

    /// What the run itself writes is no item.
    private var ownFiles: [[UInt8]] {
        let ledgerFiles = ledgerPath.map { path in ["", "-wal", "-shm"].map { path + $0 } } ?? []
        return ([output].compactMap { $0 } + ledgerFiles).map { Array($0.utf8) }
    }

    /// The summary for people.
    private static func describe(_ summary: SummaryRecord, seconds: Double) -> String {
        if summary.items == 0 { return "There is nothing to scan." }
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
        if summary.passedOver > 0 {
            lines.append(
                "\(Progress.count(summary.archives, "archive", "archives")) also had \(summary.passedOver) members that hold no media: pages, texts, folders and the like."
            )
        }
        if summary.suppressed > 0 {
            lines.append(
                "\(Progress.count(summary.suppressed, "match was", "matches were")) left out: a person called them no match."
            )
        }
        let failures: [(Verdict, String)] = [
            (.partial, "damaged or of several frames, examined as far as it goes"),
            (.undecodable, "unreadable, broken, or not pictures"),
            (.unsupported, "of formats that are not decoded"), (.overLimit, "over a limit"),
        ]
        let kinds = failures.filter { summary.count($0.0) > 0 }.map { "\(summary.count($0.0)) \($0.1)" }
        if !kinds.isEmpty { lines.append("Not examined in full: " + kinds.joined(separator: "; ") + ".") }
        return lines.joined(separator: "\n")
    }
}

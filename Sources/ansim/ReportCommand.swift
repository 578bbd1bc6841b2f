import ArgumentParser
import ContentDigest
import Glibc
import MediaModel
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a report for people from a scan's records.",
        discussion: """
            The report is one HTML file that needs nothing else and loads nothing: matches by host and by reference, \
            near-identical findings together, numbers instead of pictures. It says what could not be examined. Lines \
            that are no records are counted and told; the exit status is 2 then.

            Examples:
              ansim report records.jsonl --output report.html
              ansim report records.jsonl --language ko --output 보고서.html
              ansim report records.jsonl --format csv --output report.csv
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case html, csv }
    enum Language: String, ExpressibleByArgument, CaseIterable { case en, ko }

    @Argument(help: "The records of `ansim scan` or `ansim rematch`, as JSON Lines.", completion: .file())
    var records: String

    @Option(help: "The file to write to. Default: standard output.", completion: .file())
    var output: String?

    @Flag(help: "Replace the output file even when it is no report.")
    var overwrite = false

    @Option(help: "html: for people. csv: matches and unexamined items for spreadsheets, in the records' order.")
    var format = Format.html

    @Option(help: "Of the HTML report.")
    var language = Language.en

    @Flag(
        help: """
            A small gray blurred picture of each finding's item, shown when the reader asks for it, decoded by the sandboxed \
            workers. The items must still be where the scan found them. HTML only; the first \(ReportThumbnails.maximum) findings.
            """)
    var thumbnails = false
    @OptionGroup(title: "Archives") var archives: ArchiveOptions
    @OptionGroup(title: "Limits") var decoding: DecodingOptions

    func validate() throws {
        guard !thumbnails || format == .html else { throw ValidationError("--thumbnails goes with --format html.") }
    }

    func run() throws {
        try Ansim.prepare()
        let source = try RecordSource(records)
        defer { source.close() }
        if let output, source.isSame(as: output) { throw RunFailure("\(output) holds the records themselves.") }
        let reading = RecordFile(descriptor: source.descriptor)
        guard try source.reading({ try reading.holdsRecords() }) else {
            throw RunFailure("\(records) holds no record of Ansim; no report was written.")
        }
        let path = output
        let output = try LineOutput(
            path: output, overwrites: overwrite, replacing: [HTMLReport.head, CSVReport.head], "a report of Ansim")
        let (lines, malformed): (Int, Int)
        var told = ""
        do {
            switch format {
            case .csv:
                var report = CSVReport()
                try report.write(reading) { try output.write(bytes: $0) }
                (lines, malformed) = (report.lineCount, report.malformedLines)
                told = Progress.count(report.rowCount, "row", "rows")
            case .html:
                let contents = try ReportContents(reading)
                let words: ReportLanguage = language == .ko ? .ko : .en
                let pictures =
                    thumbnails ? try ReportThumbnails(contents, reading, decoding, archives, language: words) : nil
                var finding = 0
                try HTMLReport(
                    contents, reading, language: words, source: try Self.name(source, records),
                    thumbnail: pictures.map { pictures in
                        { _ in
                            finding += 1
                            return pictures.thumbnail(finding - 1, words)
                        }
                    }
                ) { try output.write(bytes: $0) }.write()
                (lines, malformed) = (contents.lineCount, contents.malformedLines)
                told = Progress.count(contents.matchCount, "match", "matches")
            }
            try output.close()
        } catch LineOutput.Failure.closed {
            return
        } catch let failure as LineOutput.Failure {
            // Half a report looks like a whole one.
            guard let path, failure.isOfTheDisk, output.remove() else { throw failure }
            throw RunFailure("The disk is full; no report was written to \(path). Make room and run the command again.")
        } catch let failure as RecordFile.Failure {
            throw RunFailure("\(records) can't be read: \(failure).")
        }
        if let path { note("\(path): a report of \(told).") }
        guard malformed == 0 else {
            note("\(malformed) of \(lines) lines of \(records) are no records of Ansim; they are not in the report.")
            throw ExitCode.incomplete
        }
    }

    /// The file's name and, so that it can be told from others, its digest.
    private static func name(_ source: RecordSource, _ path: String) throws -> String {
        guard let digests = FileDigests(descriptor: source.descriptor),
            let sha256 = SHA256Digest(digests.sha256)
        else { throw RunFailure("\(path) can't be read to its end.") }
        return "\(path.split(separator: "/").last.map(String.init) ?? path) (SHA-256 \(sha256))"
    }
}

import ArgumentParser
import MediaModel
import Reporting
import Scanning

/// The form of a scan's records.
enum RecordFormat: String, ExpressibleByArgument, CaseIterable {
    case jsonl, text
}

/// Results as lines.
final class ScanRecordWriter {
    private let output: LineOutput
    private let format: RecordFormat
    private let coverage: Coverage
    private let origin: RecordOrigin
    private var settings: String { origin.settings }
    /// Whether who reads the records elsewhere must know from which folder their paths are meant.
    private var hasRelativePaths = false

    /// Which items have records.
    enum Coverage {
        /// Those that matched or could not be examined.
        case notable
        /// Every one has an `item` record, after the others.
        case all
        /// Every one has exactly one record after its matches, `item` or `unexamined`; each line goes out at once.
        case answers
    }

    init(output: LineOutput, format: RecordFormat, coverage: Coverage, origin: RecordOrigin) {
        (self.output, self.format, self.coverage, self.origin) = (output, format, coverage, origin)
    }

    func write(_ result: ItemResult) throws {
        if result.item.provenance.path.first != UInt8(ascii: "/") { hasRelativePaths = true }
        switch format {
        case .jsonl: try writeJSON(result)
        case .text: try writeText(result)
        }
        if coverage == .answers { try output.flush() }
    }

    func write(_ summary: SummaryRecord) throws {
        guard format == .jsonl else { return }
        let folder = hasRelativePaths ? PathArguments.workingFolder : nil
        try output.write(RecordEncoding.line(summary, settings: settings, folder: folder))
    }

    private func writeJSON(_ result: ItemResult) throws {
        if let archive = result.archive {
            guard coverage != .notable else { return }
            return try output.write(RecordEncoding.line(archive, result.item, settings: settings))
        }
        for match in result.matches {
            let record = MatchRecord(item: result.item, media: result.media, match: match)
            try output.write(RecordEncoding.line(record, origin: origin))
        }
        if let failure = result.failure {
            let record = UnexaminedRecord(item: result.item, failure: failure)
            try output.write(RecordEncoding.line(record, settings: settings))
        }
        if coverage == .all || (coverage == .answers && result.failure == nil) {
            let record = ItemRecord(
                item: result.item, media: result.media, verdict: result.verdict, matches: result.matches.count)
            try output.write(RecordEncoding.line(record, settings: settings))
        }
    }

    private func writeText(_ result: ItemResult) throws {
        let path = result.item.provenance.printablePath
        if let archive = result.archive {
            guard coverage != .notable else { return }
            return try output.write("archive     \(path): \(Progress.count(archive.members, "member", "members"))")
        }
        for match in result.matches {
            try output.write(
                "match       \(path): case \(match.caseID), reference \(match.reference), \(Self.explained(match))")
        }
        if let failure = result.failure {
            // A line that names no item has no better name.
            let line = failure.reason == .malformedLine ? result.item.provenance.origin?.line : nil
            let name = line.map { "line \($0) of standard input" } ?? path
            try output.write("\(Self.padded(failure.verdict.rawValue)) \(name): \(failure.detail)")
        } else if coverage != .notable, result.matches.isEmpty {
            try output.write("\(Self.padded(result.verdict.rawValue)) \(path)")
        }
    }

    private static func explained(_ match: Match) -> String {
        let how = "distance \(match.distance), \(match.orientation.explanation)"
        if match.evidence == .bytes { return "the same file" }
        return times(match) + place(match) + how + (match.isNegative ? ", bright and dark swapped" : "")
    }

    private static func times(_ match: Match) -> String {
        guard !match.segments.isEmpty else { return "" }
        let shown = match.segments.prefix(3).map {
            "\(TimeDrawing.clock($0.item)) of \(TimeDrawing.clock($0.reference))" + TimeDrawing.pace($0.speed)
        }
        let more = match.segments.count > 3 ? " and \(match.segments.count - 3) more" : ""
        return "at " + shown.joined(separator: ", ") + more + ", "
    }

    private static func place(_ match: Match) -> String {
        guard let location = match.location else { return "" }
        return
            "in \(PartDescription.text(location.region)), of the reference \(PartDescription.text(location.referenceRegion)), "
    }

    private static func padded(_ word: String) -> String {
        word + String(repeating: " ", count: max(0, 11 - word.count))
    }
}

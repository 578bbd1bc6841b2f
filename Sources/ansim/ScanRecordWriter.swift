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
        switch format {
        case .jsonl: try writeJSON(result)
        case .text: try writeText(result)
        }
        if coverage == .answers { try output.flush() }
    }

    func write(_ summary: SummaryRecord) throws {
        if format == .jsonl { try output.write(RecordEncoding.line(summary, settings: settings)) }
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
            try output.write("\(Self.padded(failure.verdict.rawValue)) \(path): \(failure.detail)")
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
            "\(TimeDrawing.clock($0.item)) of \(TimeDrawing.clock($0.reference))"
        }
        let more = match.segments.count > 3 ? " and \(match.segments.count - 3) more" : ""
        return "at " + shown.joined(separator: ", ") + more + ", "
    }

    private static func place(_ match: Match) -> String {
        guard let region = match.location?.region else { return "" }
        return "in \(region.width) x \(region.height) pixels at (\(region.x), \(region.y)), "
    }

    private static func padded(_ word: String) -> String {
        word + String(repeating: " ", count: max(0, 11 - word.count))
    }
}

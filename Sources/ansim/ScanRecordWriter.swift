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
    private let all: Bool
    private let settings: String

    init(output: LineOutput, format: RecordFormat, all: Bool, settings: String) {
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

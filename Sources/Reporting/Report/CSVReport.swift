import JSONFields
import MediaModel

/// Matches and unexamined items as CSV (RFC 4180): a line each, in the records' order, for spreadsheets.
package struct CSVReport {
    /// What a file of this kind starts with: a byte order mark, by which spreadsheets know UTF-8, and the first column.
    package static let head = "\u{FEFF}\"kind\""

    private static let columns = [
        "kind", "host", "url", "page", "captured", "path", "member", "bytes", "sha256", "md5", "sha1", "format",
        "width", "height", "durationMs", "verdict", "case", "reference", "found", "distance", "quality",
        "orientation", "negative", "region", "referenceRegion", "segments", "reason", "detail", "settings",
    ]

    /// Lines that were no records.
    package private(set) var malformedLines = 0
    package private(set) var lineCount = 0
    /// Matches and unexamined items.
    package private(set) var rowCount = 0

    package init() {}

    /// - Throws: `RecordFile.Failure`, and what `sink` throws.
    package mutating func write(_ file: RecordFile, to sink: ([UInt8]) throws -> Void) throws {
        var out = Array(("\u{FEFF}" + Self.columns.map(Self.field).joined(separator: ",") + "\r\n").utf8)
        try file.lines { _, line in
            lineCount += 1
            do throws(MalformedRecord) {
                guard let line else { throw MalformedRecord() }
                let record = try ReadRecord(line: line)
                guard record.kind == .match || record.kind == .unexamined else { return }
                rowCount += 1
                out.append(contentsOf: Self.row(record).utf8)
            } catch {
                malformedLines += 1
            }
            guard out.count >= 1 << 16 else { return }
            try sink(out)
            out.removeAll(keepingCapacity: true)
        }
        try sink(out)
    }

    private static func row(_ record: ReadRecord) -> String {
        let host = record.url.flatMap(ItemPlace.host)
        func part(_ region: Region?) -> String? { region.map { "\($0.x) \($0.y) \($0.width) \($0.height)" } }
        let segments = record.segments.map {
            "\($0.item.lowerBound)-\($0.item.upperBound) shows \($0.reference.lowerBound)-\($0.reference.upperBound)"
        }
        let values: [String?] = [
            record.kind.rawValue, host, record.url, record.page, record.captured,
            PrintedName.text(record.exactPath), record.exactMember.map(PrintedName.text), number(record.byteCount),
            record.sha256?.description, record.md5, record.sha1, record.format, number(record.width),
            number(record.height), number(record.durationMilliseconds),
            record.verdict?.rawValue, record.caseID?.rawValue, number(record.reference?.rawValue),
            record.evidence?.rawValue, number(record.distance), number(record.quality), record.orientation?.name,
            record.isNegative ? "true" : nil, part(record.region), part(record.referenceRegion),
            segments.isEmpty ? nil : segments.joined(separator: "; "),
            record.reason, record.detail, record.settings,
        ]
        return values.map { field($0 ?? "") }.joined(separator: ",") + "\r\n"
    }

    private static func number(_ value: Int64?) -> String? { value.map { String($0) } }

    /// A value that no spreadsheet takes for a formula, in quotes: where it could, an apostrophe goes before it.
    static func field(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") }
        if isPlain, !startsFormula(value) { return "\"" + value + "\"" }
        var out = "\""
        if startsFormula(value) { out += "'" }
        for scalar in value.unicodeScalars {
            if scalar == "\"" {
                out += "\"\""
            } else if VisibleText.isHidden(scalar) {
                out += "[" + VisibleText.name(scalar) + "]"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// Also behind spaces, which some programs trim, and in full width, which some take for the same.
    private static func startsFormula(_ value: String) -> Bool {
        switch value.unicodeScalars.first(where: { !$0.properties.isWhitespace && !VisibleText.isHidden($0) }) {
        case "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "|", "%": true
        default: false
        }
    }
}

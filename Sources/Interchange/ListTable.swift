import JSONFields
import MediaModel

/// The columns of a CSV list: named by its first line, or `hash[,quality][,label]`.
struct ListTable {
    /// Nil without a heading.
    private let columns: [String: Int]?
    private let isDigest: Bool

    private static let signals = ["hash", "pdq", "md5", "sha1", "sha256", "vpdq", "signal_str", "indicator"]

    /// - Parameter isDigest: whether 64 digits are a SHA-256 and not a PDQ hash.
    init(isDigest: Bool) { (columns, self.isDigest) = (nil, isDigest) }

    /// Nil when the line is no heading.
    init?(heading line: String, isDigest: Bool) {
        let names = Self.cells(line).map { $0.lowercased() }
        guard names.contains(where: Self.signals.contains) else { return nil }
        columns = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        self.isDigest = isDigest
    }

    func entry(_ line: String) throws(MalformedRecord) -> ListedEntry {
        let cells = Self.cells(line)
        guard let columns else { return try plainEntry(line, cells) }
        func cell(_ name: String) -> String? {
            columns[name].flatMap { $0 < cells.count && !cells[$0].isEmpty ? cells[$0] : nil }
        }
        let quality = try cell("quality").map { text throws(MalformedRecord) in try Self.quality(text) }
        var entry = ListedEntry()
        var found: [ListedEntry.Signal?] = []
        if let hash = cell("hash") {
            found.append(ListedEntry.Signal(digits: hash, isDigest: isDigest, quality: quality))
        }
        for kind in ["pdq", "md5", "sha1", "sha256", "vpdq"] {
            if let text = cell(kind) { found.append(ListedEntry.Signal(kind: kind, text, quality: quality)) }
        }
        if let kind = cell("signal_type") ?? cell("type"), let text = cell("signal_str") ?? cell("indicator") {
            found.append(ListedEntry.Signal(kind: kind, text, quality: quality))
        }
        entry.signals = found.compactMap { $0 }
        guard !found.isEmpty, entry.signals.count == found.count else { throw MalformedRecord() }
        entry.label = cell("label")
        entry.opinion = (cell("category") ?? cell("opinion")).flatMap(ListedOpinion.init(named:))
        entry.tags = cell("tags")?.split(separator: " ").map(String.init) ?? []
        entry.isWithdrawn = ["withdrawn", "deleted"].contains(cell("status")?.lowercased())
        return entry
    }

    /// `hash[,quality][,label]`; also `kind hash`, as python-threatexchange's files have it, and `digest  file`, as
    /// md5sum and its like write it.
    private func plainEntry(_ line: String, _ cells: [String]) throws(MalformedRecord) -> ListedEntry {
        var entry = ListedEntry()
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        if words.count == 2, !words[0].contains(",") {
            if let signal = ListedEntry.Signal(digits: words[0], isDigest: isDigest) {
                (entry.signals, entry.label) = ([signal], words[1].trimmed)
            } else if let signal = ListedEntry.Signal(kind: words[0], words[1].trimmed), signal != .foreign {
                entry.signals = [signal]
            } else {
                throw MalformedRecord()
            }
            return entry
        }
        // The second one is the label when there is no third and it is no number.
        let second = cells.count > 1 && !cells[1].isEmpty ? cells[1] : nil
        let rest = cells.count > 2 ? cells[2...].joined(separator: ",") : ""
        var quality: Quality?
        if let second, cells.count > 2 || Int(second) != nil {
            quality = try Self.quality(second)
            entry.label = rest.isEmpty ? nil : rest
        } else {
            entry.label = second ?? (rest.isEmpty ? nil : rest)
        }
        guard let signal = ListedEntry.Signal(digits: cells[0], isDigest: isDigest, quality: quality) else {
            throw MalformedRecord()
        }
        entry.signals = [signal]
        return entry
    }

    private static func quality(_ text: String) throws(MalformedRecord) -> Quality {
        guard let value = Int(text), (0...100).contains(value) else { throw MalformedRecord() }
        return Quality(rawValue: value)
    }

    /// By RFC 4180, within one line.
    private static func cells(_ line: String) -> [String] {
        var (cells, cell, isQuoted) = ([String](), [UInt8](), false)
        var bytes = line.utf8.makeIterator()
        var pending = bytes.next()
        while let byte = pending {
            pending = bytes.next()
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && pending == UInt8(ascii: "\""):
                cell.append(byte)
                pending = bytes.next()
            case UInt8(ascii: "\"") where isQuoted || cell.isEmpty: isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                cells.append(String(decoding: cell, as: UTF8.self))
                cell.removeAll(keepingCapacity: true)
            default: cell.append(byte)
            }
        }
        return cells + [String(decoding: cell, as: UTF8.self)]
    }
}

extension String {
    /// Without blanks at its ends.
    var trimmed: String {
        let inner = utf8.drop { $0 == 0x20 }
        guard let last = inner.lastIndex(where: { $0 != 0x20 }) else { return "" }
        return String(self[inner.startIndex...last])
    }
}

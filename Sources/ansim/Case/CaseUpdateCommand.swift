import ArgumentParser
import ContentDigest
import Glibc
import MediaModel
import Registry
import Reporting

struct CaseUpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Take the matches of a scan's records into their cases.",
        discussion: """
            New places become findings; a removed one that was seen again is `back`. When an item was seen is what the \
            record has (`captured`), else when the records were written. The same records twice change nothing.

            Example: ansim case update records.jsonl
            """)

    @Argument(help: "The records of `ansim scan` or `ansim rematch`, as JSON Lines.", completion: .file())
    var records: String
    @OptionGroup var options: RegistryOptions

    /// Findings of one transaction.
    private static let batch = 5000

    func run() throws {
        try Ansim.prepare()
        let source = try RecordSource(records)
        defer { source.close() }
        let registry = try options.open(.existing)
        guard let digest = FileDigests(descriptor: source.descriptor).flatMap({ SHA256Digest($0.sha256) }) else {
            throw RunFailure("\(records) can't be read to its end.")
        }
        let written = Registry.time(secondsSince1970: source.modified)
        let isRepeated = try registry.hasRead(records: digest)
        if isRepeated { note("These records were taken in before.") }
        let file = RecordFile(descriptor: source.descriptor)
        let folders = try source.reading { try RecordFolders(file) }
        var counts: [FindingUpdate: Int] = [:]
        var (batch, items, malformed, lines, withoutFolder) = ([NewFinding](), Int64(0), 0, 0, 0)
        func settle() throws {
            for update in try registry.add(batch, isRepeated: isRepeated) { counts[update, default: 0] += 1 }
            batch = []
        }
        try source.reading {
            try file.lines { _, line in
                lines += 1
                guard let line, let record = try? ReadRecord(line: line) else {
                    malformed += 1
                    return
                }
                if record.kind == .summary { items = min(1 << 60, items + (record.counts["items"] ?? 0)) }
                let folder = folders.folder(ofLine: lines)
                guard let new = Self.finding(record, folder: folder, written: written) else { return }
                if folder == nil, record.url == nil, !record.path.hasPrefix("/") { withoutFolder += 1 }
                batch.append(new)
                if batch.count == Self.batch { try settle() }
            }
        }
        try settle()
        _ = try registry.remember(records: digest, items: Int(items), time: written)
        try report(counts)
        if withoutFolder > 0 {
            note(
                "The records do not say from which folder they were made (their scan did not end): \(Progress.count(withoutFolder, "relative path was", "relative paths were")) taken as meant from this one. Always update from the same folder, or scan with absolute paths."
            )
        }
        guard malformed == 0 else {
            note("\(malformed) of \(lines) lines of \(records) are no records of Ansim; they were passed over.")
            throw ExitCode.incomplete
        }
    }

    private func report(_ counts: [FindingUpdate: Int]) throws {
        let names: [(FindingUpdate, String)] = [
            (.new, "new"), (.back, "back: removed before, and seen again"),
            (.further, "further references in items that are new or not decided about"),
            (.changed, "changed: other bytes at a known place, or another reference in what was decided about"),
            (.known, "known"),
            (.suppressed, "left out: a person called them no match"),
            (.seenBeforeRemoval, "seen before they were removed; nothing changes"),
            (.unknown, "of cases or references that the registry does not have"),
        ]
        for (update, name) in names {
            if let count = counts[update] { try say("\(count)\t\(name)") }
        }
        if counts.isEmpty { note("The records hold no matches.") }
    }

    /// Nil for what is no match with known bytes.
    private static func finding(_ record: ReadRecord, folder: [UInt8]?, written: String) -> NewFinding? {
        guard record.kind == .match, let caseID = record.caseID, let reference = record.reference,
            let digest = record.sha256, let distance = record.distance, let evidence = record.evidence
        else { return nil }
        let place =
            record.url.map(NamedFindings.place(url:))
            ?? NamedFindings.place(
                path: record.exactPath, member: record.exactMember, in: folder ?? PathArguments.workingFolder)
        return NewFinding(
            caseID: caseID, place: place, host: record.url.flatMap(ItemPlace.host) ?? "",
            pair: FoundPair(
                sha256: digest, reference: reference, distance: Int(distance), evidence: evidence.rawValue),
            seen: record.captured.flatMap { Registry.time($0) } ?? written)
    }
}

/// From which folder the relative paths of records are meant: each run's summary, its last record, says so.
private struct RecordFolders {
    /// Up to which line, and the folder; runs may follow one another in a file.
    private var runs: [(lastLine: Int, folder: [UInt8]?)] = []

    init(_ file: RecordFile) throws {
        var lines = 0
        try file.lines { _, line in
            lines += 1
            guard let line, let record = try? ReadRecord(line: line), record.kind == .summary else { return }
            runs.append((lines, record.exactFolder))
        }
    }

    func folder(ofLine line: Int) -> [UInt8]? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].lastLine < line { low = middle + 1 } else { high = middle }
        }
        return low < runs.count ? runs[low].folder : nil
    }
}

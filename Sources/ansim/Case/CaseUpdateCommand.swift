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
        var counts: [FindingUpdate: Int] = [:]
        var (batch, items, malformed, lines) = ([NewFinding](), Int64(0), 0, 0)
        func settle() throws {
            for update in try registry.add(batch) { counts[update, default: 0] += 1 }
            batch = []
        }
        try source.reading {
            try RecordFile(descriptor: source.descriptor).lines { _, line in
                lines += 1
                guard let line, let record = try? ReadRecord(line: line) else {
                    malformed += 1
                    return
                }
                if record.kind == .summary { items = min(1 << 60, items + (record.counts["items"] ?? 0)) }
                guard let new = Self.finding(record, written: written) else { return }
                batch.append(new)
                if batch.count == Self.batch { try settle() }
            }
        }
        try settle()
        let isNew = try registry.remember(records: digest, items: Int(items), time: written)
        if !isNew { note("These records were taken in before.") }
        try report(counts)
        guard malformed == 0 else {
            note("\(malformed) of \(lines) lines of \(records) are no records of Ansim; they were passed over.")
            throw ExitCode.incomplete
        }
    }

    private func report(_ counts: [FindingUpdate: Int]) throws {
        let names: [(FindingUpdate, String)] = [
            (.new, "new"), (.back, "back: removed before, and seen again"),
            (.changed, "changed: other bytes or another reference at a known place"), (.known, "known"),
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
    private static func finding(_ record: ReadRecord, written: String) -> NewFinding? {
        guard record.kind == .match, let caseID = record.caseID, let reference = record.reference,
            let digest = record.sha256, let distance = record.distance, let evidence = record.evidence
        else { return nil }
        var place = record.url ?? PathArguments.absolute(record.path)
        // The member tells items of one archive apart.
        if record.url == nil, let member = record.member { place += " » " + member }
        return NewFinding(
            caseID: caseID, place: place, host: record.url.flatMap(ItemPlace.host) ?? "",
            pair: FoundPair(
                sha256: digest, reference: reference, distance: Int(distance), evidence: evidence.rawValue),
            seen: record.captured.flatMap { Registry.time($0) } ?? written)
    }
}

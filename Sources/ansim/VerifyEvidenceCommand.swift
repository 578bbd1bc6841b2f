import ArgumentParser
import HashIndex
import Matching
import MediaModel
import MediaSources
import Registry
import Reporting
import Scanning

struct VerifyEvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-evidence",
        abstract: "Compute again what match records say, and tell whether it still holds.",
        discussion: """
            Reads each item of the records once more: size, SHA-256, MD5, SHA-1; and examines it again and compares it with \
            the registry, when that still has the reference. Members of archives are unpacked again. Give the same options \
            as to the scan. The exit status is 0 \
            when all records hold, 2 when one does not or could not be checked in full.

            Example: ansim verify-evidence records.jsonl
            """)

    @Argument(help: "The records of `ansim scan` or `ansim rematch`, as JSON Lines.", completion: .file())
    var records: String

    @Flag(help: "As the scan.")
    var exact = false
    @OptionGroup var matching: MatchingOptions
    @OptionGroup var depth: DepthOptions
    @OptionGroup var frames: FrameOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup(title: "Archives") var archives: ArchiveOptions
    @OptionGroup(title: "Limits") var decoding: DecodingOptions

    /// Registered pictures up to which nothing is missed that any scan finds, at a third of a MiB each.
    private static let exactPictures = 4096

    func run() throws {
        try Ansim.prepare()
        let source = try RecordSource(records)
        defer { source.close() }
        let file = RecordFile(descriptor: source.descriptor)
        var items = try source.reading { try EvidenceItems(file) }
        let policy = matching.policy
        let precision: HashPrecision = exact ? .exact : .fast
        let settings = ScanSettings(
            policy: policy, convention: .fullSize, precision: precision, frameMode: frames.mode,
            limits: decoding.limits, depth: depth.depth, archives: archives.limits, version: ansimVersion)
        let snapshot = try registry.open(.reading).searchable(
            radius: policy.threshold + HashPrecision.margin, qualityGate: policy.qualityGate, depth: depth.depth,
            detailsInMemory: Self.exactPictures, notice: { note($0) })
        let matcher = Matcher(
            index: snapshot.index, references: snapshot.references, policy: policy,
            details: DetailIndex(snapshot.details, depth: depth.depth))
        let owners = Dictionary(uniqueKeysWithValues: snapshot.references.map { ($0.id, $0.caseID) })
        var (counts, otherSettings) = ([EvidenceCheck.Outcome: Int](), 0)
        var endings: [[UInt8]: ItemFailure] = [:]
        let summary = try Scan(
            examiner: decoding.examiner(
                .single, precision: precision, frameMode: frames.mode, depth: depth.depth, archives: archives.limits),
            matcher: matcher, digestsAll: true
        ).run(items.sources.makeIterator(), stop: Interruption.stop, notice: note) { result, _ in
            try matcher.checkThatItHolds()
            let key = RecordedItems.Key(result.item.provenance)
            if key.places.isEmpty { endings[key.path] = result.failure }
            for place in items.take(key) {
                let record = try source.reading { try file.record(at: place) }
                if record.settings != settings.digest { otherSettings += 1 }
                let check = EvidenceCheck(record, result, owner: record.reference.flatMap { owners[$0] })
                counts[check.outcome, default: 0] += 1
                try say(check.line)
            }
        }
        guard summary.isComplete else { throw RunFailure("Stopped before the end.") }
        for place in items.left {
            let record = try source.reading { try file.record(at: place) }
            let why = endings[record.exactPath].map { "its archive: \($0.detail)" } ?? "no such member any more"
            counts[.unread, default: 0] += 1
            try say(EvidenceCheck(record, unreadBecause: why).line)
        }
        try conclude(counts, items, otherSettings)
    }

    private func conclude(
        _ counts: [EvidenceCheck.Outcome: Int], _ items: EvidenceItems, _ otherSettings: Int
    ) throws {
        note(
            "\(Progress.count(items.count, "match record", "match records")): \(counts[.holds] ?? 0) hold, "
                + "\(counts[.differs] ?? 0) do not, of \(counts[.bytesOnly] ?? 0) only the bytes could be checked, "
                + "\(counts[.unread] ?? 0) could not be read.")
        if otherSettings > 0 {
            note("\(otherSettings) were made with other settings or by another version: distances may differ for that.")
        }
        if items.malformed > 0 {
            note("\(items.malformed) of \(items.lines) lines of \(records) are no records of Ansim.")
        }
        guard counts[.holds] ?? 0 == items.count, items.malformed == 0 else { throw ExitCode.incomplete }
    }
}

/// The items that match records name.
private struct EvidenceItems {
    private var records: [RecordedItems.Key: [RecordFile.Place]] = [:]
    /// Of records that don't say which member they mean.
    private var unclear: [RecordFile.Place] = []
    private var items = RecordedItems()
    private(set) var count = 0
    private(set) var malformed = 0
    private(set) var lines = 0

    init(_ file: RecordFile) throws {
        try file.lines { place, line in
            lines += 1
            guard let line, let record = try? ReadRecord(line: line) else {
                malformed += 1
                return
            }
            guard record.kind == .match else { return }
            count += 1
            guard let key = RecordedItems.Key(record) else { return unclear.append(place) }
            if records[key] == nil { items.add(key) }
            records[key, default: []].append(place)
        }
    }

    var sources: [SourceItem] { items.sources }

    /// The records of an item, once.
    mutating func take(_ key: RecordedItems.Key) -> [RecordFile.Place] { records.removeValue(forKey: key) ?? [] }

    /// Records that were not taken, in their order.
    var left: [RecordFile.Place] {
        (records.values.flatMap { $0 } + unclear).sorted { $0.offset < $1.offset }
    }
}

/// What a match record says, beside what is found now.
struct EvidenceCheck {
    enum Outcome: Hashable { case holds, differs, bytesOnly, unread }

    let outcome: Outcome
    let line: String

    init(_ record: ReadRecord, unreadBecause reason: String) {
        (outcome, line) = (.unread, "unread      \(Self.name(record)): \(reason)")
    }

    private static func name(_ record: ReadRecord) -> String {
        printable(record.printedPath + (record.url.map { " (" + $0 + ")" } ?? ""))
    }

    /// - Parameter owner: the case of the record's reference, if the registry has it.
    init(_ record: ReadRecord, _ result: ItemResult, owner: CaseID?) {
        let name = Self.name(record)
        let what =
            "case \(record.caseID.map { printable($0.rawValue) } ?? ""), reference \(record.reference?.rawValue ?? 0)"
        guard let digest = result.item.sha256, let count = result.item.byteCount else {
            (outcome, line) = (.unread, "unread      \(name): \(result.failure?.detail ?? "can't be read")")
            return
        }
        var (differences, unchecked) = ([String](), [String]())
        if let old = record.byteCount, old != count { differences.append("\(count) bytes now, \(old) then") }
        if let old = record.sha256 {
            if old != digest { differences.append("SHA-256 \(digest) now") }
        } else {
            unchecked.append("the record has no SHA-256")
        }
        for (label, old, new) in [
            ("MD5", record.md5, result.item.digests?.md5), ("SHA-1", record.sha1, result.item.digests?.sha1),
        ] {
            guard let old else { continue }
            guard let new else {
                unchecked.append("\(label) could not be computed")
                continue
            }
            if old.lowercased() != new { differences.append("\(label) \(new) now") }
        }
        if owner == nil || owner != record.caseID {
            unchecked.append("the registry has no such reference any more")
        } else if let match = result.matches.first(where: { $0.reference == record.reference }) {
            if let old = record.distance, old != match.distance {
                differences.append("distance \(match.distance) now, \(old) then")
            }
            if let old = record.orientation, old != match.orientation {
                differences.append("\(match.orientation.explanation) now, \(old.explanation) then")
            }
            if let old = record.evidence, old != match.evidence {
                differences.append("found by \(match.evidence.rawValue) now, \(old.rawValue) then")
            }
        } else {
            differences.append("no match now")
        }
        if !differences.isEmpty {
            (outcome, line) = (.differs, "differs     \(name): \(what): \(differences.joined(separator: "; "))")
        } else if !unchecked.isEmpty {
            (outcome, line) = (.bytesOnly, "bytes only  \(name): \(what): \(unchecked.joined(separator: "; "))")
        } else {
            (outcome, line) = (.holds, "holds       \(name): \(what), distance \(record.distance ?? 0)")
        }
    }
}

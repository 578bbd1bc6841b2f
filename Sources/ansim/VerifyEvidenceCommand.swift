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
            the registry, when that still has the reference. Give the same options as to the scan. The exit status is 0 \
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
    @OptionGroup(title: "Limits") var decoding: DecodingOptions

    func run() throws {
        try Ansim.prepare()
        let source = try RecordSource(records)
        defer { source.close() }
        let file = RecordFile(descriptor: source.descriptor)
        let items = try source.reading { try EvidenceItems(file) }
        let policy = matching.policy
        let precision: HashPrecision = exact ? .exact : .fast
        let settings = ScanSettings(
            policy: policy, convention: .fullSize, precision: precision, frameMode: frames.mode,
            limits: decoding.limits, depth: depth.depth, version: ansimVersion)
        let snapshot = try registry.open(.reading).snapshot(qualityGate: policy.qualityGate, depth: depth.depth)
        let matcher = Matcher(
            index: ReferenceIndex(entries: snapshot.entries, radius: policy.threshold + HashPrecision.margin),
            references: snapshot.references, policy: policy,
            details: DetailIndex(snapshot.details, depth: depth.depth))
        let owners = Dictionary(uniqueKeysWithValues: snapshot.references.map { ($0.id, $0.caseID) })
        var (counts, otherSettings, next) = ([EvidenceCheck.Outcome: Int](), 0, 0)
        let summary = try Scan(
            examiner: decoding.examiner(
                .single, precision: precision, frameMode: frames.mode, depth: depth.depth),
            matcher: matcher, digestsAll: true
        ).run(items.makeIterator(), stop: Interruption.stop, notice: note) { result, _ in
            for place in items.groups[next] {
                let record = try source.reading { try file.record(at: place) }
                if record.settings != settings.digest { otherSettings += 1 }
                let check = EvidenceCheck(record, result, owner: record.reference.flatMap { owners[$0] })
                counts[check.outcome, default: 0] += 1
                try say(check.line)
            }
            next += 1
        }
        guard summary.isComplete else { throw RunFailure("Stopped before the end.") }
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

/// The items that match records name, each once where its records follow one another.
private struct EvidenceItems: Sequence {
    /// The records of each item.
    private(set) var groups: [[RecordFile.Place]] = []
    private(set) var count = 0
    private(set) var malformed = 0
    private(set) var lines = 0
    private var sources: [SourceItem] = []

    init(_ file: RecordFile) throws {
        var last: (path: [UInt8], member: String?)?
        try file.lines { place, line in
            lines += 1
            guard let line, let record = try? ReadRecord(line: line) else {
                malformed += 1
                return
            }
            guard record.kind == .match else { return }
            count += 1
            if let last, last == (record.exactPath, record.member) {
                groups[groups.count - 1].append(place)
                return
            }
            last = (record.exactPath, record.member)
            groups.append([place])
            let isMember = record.member != nil
            sources.append(
                SourceItem(
                    provenance: Provenance(path: record.exactPath),
                    failure: isMember
                        ? ItemFailure(.undecodable, .unreadable, "members of archives are not verified yet") : nil))
        }
    }

    func makeIterator() -> IndexingIterator<[SourceItem]> { sources.makeIterator() }
}

/// What a match record says, beside what is found now.
struct EvidenceCheck {
    enum Outcome: Hashable { case holds, differs, bytesOnly, unread }

    let outcome: Outcome
    let line: String

    /// - Parameter owner: the case of the record's reference, if the registry has it.
    init(_ record: ReadRecord, _ result: ItemResult, owner: CaseID?) {
        let name = Provenance(path: record.exactPath).printablePath
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
            ("MD5", record.md5, result.digests?.md5), ("SHA-1", record.sha1, result.digests?.sha1),
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

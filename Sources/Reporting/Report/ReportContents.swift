import JSONFields
package import MediaModel

/// What a report says, grouped: read from the records once, with some dozen bytes for each match. The matches themselves
/// are read again, one at a time, where they are written.
package struct ReportContents: Sendable {
    /// A registered reference, as records name it.
    package struct ReferenceName: Sendable, Hashable {
        package let caseID: CaseID
        package let number: ReferenceID
    }

    /// What one person decides once: matches of one reference at one place.
    package struct Finding: Sendable {
        /// The nearest match first, then in the records' order.
        package let matches: ArraySlice<RecordFile.Place>
    }

    /// One reference's findings at one place.
    package struct Group: Sendable {
        package let reference: Int
        package let findings: [Finding]
        package var matchCount: Int { findings.reduce(0) { $0 + $1.matches.count } }
    }

    /// A host or a folder.
    package struct Place: Sendable {
        package let place: ItemPlace
        /// By case, then by number.
        package let groups: [Group]
        package var findingCount: Int { groups.reduce(0) { $0 + $1.findings.count } }
        package var matchCount: Int { groups.reduce(0) { $0 + $1.matchCount } }
    }

    /// Most matches first.
    package internal(set) var places: [Place] = []
    /// By case, then by number; `Group.reference` counts them.
    package internal(set) var references: [ReferenceName] = []
    package internal(set) var matchCount = 0
    package internal(set) var itemRecords = 0
    /// Members of archives that are no media; only scans with `--all` tell.
    package internal(set) var passedOver: Int64 = 0
    /// Items that were not examined in full, by verdict and reason; the places of the first `maximumListed` each.
    package internal(set) var unexamined: [UnexaminedKind] = []
    /// Numbers of all summary records together.
    package internal(set) var counts: [String: Int64] = [:]
    package internal(set) var summaries = 0
    /// Whether a summary says that its run was stopped.
    package internal(set) var wasStopped = false
    package internal(set) var lineCount = 0
    package internal(set) var malformedLines = 0
    /// Line numbers of the first ones.
    package internal(set) var firstMalformed: [Int] = []
    package internal(set) var settings: Set<String> = []
    /// Versions of Ansim.
    package internal(set) var engines: Set<String> = []
    /// From which relative paths are meant.
    package internal(set) var folders: Set<String> = []

    package struct UnexaminedKind: Sendable {
        package let verdict: Verdict
        package let reason: String
        package internal(set) var count: Int
        package internal(set) var listed: [RecordFile.Place]
    }

    /// Of unexamined items of one kind.
    package static let maximumListed = 1000
    private static let maximumNamed = 10

    /// - Throws: `RecordFile.Failure`.
    package init(_ file: RecordFile) throws {
        var matches = MatchGrouping()
        var kinds: [String: Int] = [:]
        try file.lines { place, line in
            lineCount += 1
            do throws(MalformedRecord) {
                guard let line else { throw MalformedRecord() }
                let record = try ReadRecord(line: line)
                switch record.kind {
                case .match:
                    matchCount += 1
                    matches.add(record, at: place)
                    if let digest = record.settings, settings.count < 100 { settings.insert(digest) }
                    if let engine = record.engine, engines.count < 100 { engines.insert(engine) }
                case .unexamined:
                    guard let verdict = record.verdict, let reason = record.reason else { throw MalformedRecord() }
                    let key = verdict.rawValue + " " + reason
                    let kind = kinds[key] ?? unexamined.count
                    if kinds.updateValue(kind, forKey: key) == nil {
                        unexamined.append(UnexaminedKind(verdict: verdict, reason: reason, count: 0, listed: []))
                    }
                    unexamined[kind].count += 1
                    if unexamined[kind].listed.count < Self.maximumListed { unexamined[kind].listed.append(place) }
                case .summary:
                    summaries += 1
                    if !record.isComplete { wasStopped = true }
                    if let folder = record.exactFolder, folders.count < 100 { folders.insert(PrintedName.text(folder)) }
                    for (key, count) in record.counts {
                        counts[key] = min(1 << 62, counts[key, default: 0] + count)
                    }
                case .item: itemRecords += 1
                case .archive: passedOver = min(1 << 62, passedOver + (record.counts["passedOver"] ?? 0))
                case .hash: break
                }
            } catch {
                malformedLines += 1
                if firstMalformed.count < Self.maximumNamed { firstMalformed.append(lineCount) }
            }
        }
        unexamined.sort { ($1.count, $0.verdict.rawValue, $0.reason) < ($0.count, $1.verdict.rawValue, $1.reason) }
        (places, references) = matches.grouped()
    }
}

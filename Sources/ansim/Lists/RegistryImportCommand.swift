import ArgumentParser
import Interchange
import MediaModel
import Registry

struct RegistryImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Register hashes from a list of another tool or an exchange under a case.",
        discussion: """
            The form is told by the content: hash[,quality][,label] a line, CSV with a heading, digests as md5sum writes \
            them, JSON Lines, vPDQ's text and JSON, and JSON in the shape of ThreatExchange, NCMEC and StopNCII. 64 digits \
            are a PDQ hash of the full-size convention, 40 a SHA-1, 32 an MD5; the other seven orientations are derived \
            from the bits. Hashes of low quality and those that no picture has are left out, and so is what the list calls \
            withdrawn or false.

            The same list again is a sync: what it no longer has, or calls withdrawn, is removed, unless another list \
            has it. Nothing is changed when it can't be read. What is left out is told; the exit status is 2 then.

            Examples:
              ansim registry import --case list-7 hashes.csv
              ansim registry import --case list-8 --digests sha256.txt
              ansim registry import --case exchange --name stopncii page-1.json page-2.json
              ansim registry import --case exchange --name threatexchange --update changes.json
            """)

    @Option(
        name: .customLong("case"), help: ArgumentHelp("The case, made when it is new.", valueName: "id"),
        transform: parseCase)
    var caseID: CaseID
    @Option(help: "What the list is called within the case. Default: the file's name.") var name: String?
    @Flag(help: "The 64 digits of a line are the SHA-256 of a file, not a PDQ hash.") var digests = false
    @Flag(help: "The list has only what has changed: what it lacks stays.") var update = false
    @Flag(help: "Go on even when the list is empty: all that it had is removed.") var allowEmpty = false
    @Flag(help: "Keep the labels in the registry.") var keepLabels = false
    @Argument(help: "The list; or the parts of one.", completion: .file()) var files: [String]
    @OptionGroup var options: RegistryOptions

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name a list.") }
        guard files.count == 1 || name != nil else {
            throw ValidationError("Several files are parts of one list: say what it is called, with --name.")
        }
        guard name.map({ (1...200).contains($0.count) }) ?? true else {
            throw ValidationError("--name takes 1 to 200 characters.")
        }
    }

    private var listName: String {
        name ?? String(files[0].split(separator: "/").last?.prefix(200) ?? "list")
    }

    func run() throws {
        try Ansim.prepare()
        let registry = try options.open(.makingIfMissing)
        var run = ListImport(digests: digests, keepsLabels: keepLabels)
        let sync = try registry.sync(list: listName, of: caseID) { add in
            var isAll = !update
            for path in files { isAll = try run.read(path, add) && isAll }
            guard run.entries + run.malformed > 0 || update || allowEmpty else {
                throw RunFailure(
                    "\(files[0]) has no entries, so all that the list had would be removed. Say --allow-empty if that is meant."
                )
            }
            return isAll && run.malformed == 0
        }
        try say(
            "Case \(caseID): \(sync.added) added" + (sync.known > 0 ? ", \(sync.known) known" : "")
                + (sync.removed > 0 ? ", \(sync.removed) removed" : "") + ".")
        // Removed hashes must be gone from the disk, the index file among it.
        if sync.removed > 0 {
            try registry.compactNotingFailures()
        } else {
            try registry.updateIndexFiles()
        }
        run.conclude()
        if sync.kept > 0, !update {
            note(
                "\(Progress.count(sync.kept, "reference", "references")) that the list had before and has no more stay, because it is not whole: correct it, or give all its parts."
            )
        }
        guard run.isWhole else { throw ExitCode.incomplete }
    }
}

/// Reads lists and counts what becomes of their entries.
private struct ListImport {
    let digests: Bool
    let keepsLabels: Bool
    private(set) var entries = 0
    private(set) var malformed = 0
    private var lines = LineRanges()
    /// Hashes of low quality, and those that no picture has.
    private var poor = 0
    /// Entries of kinds that are not compared.
    private var foreign = 0
    private var withdrawn = 0
    private var negative = 0

    /// More broken lines mean that it is something else.
    private static let maximumMalformed = 10_000

    init(digests: Bool, keepsLabels: Bool) { (self.digests, self.keepsLabels) = (digests, keepsLabels) }

    /// Returns whether it says that it is all.
    mutating func read(_ path: String, _ add: (ListedChange) throws -> Void) throws -> Bool {
        let bytes = try ListBytes.read(path)
        defer { lines.flush(path) }
        do {
            return try bytes.withUnsafeBufferPointer { bytes in
                try ListFile(bytes, isDigest: digests).entries { line, entry in
                    guard let entry else {
                        malformed += 1
                        guard malformed <= Self.maximumMalformed else {
                            throw RunFailure(
                                "\(path) is no list: more than \(Self.maximumMalformed) of its lines can't be read. Nothing was changed."
                            )
                        }
                        return lines.add(line, path)
                    }
                    entries += 1
                    if let change = change(entry) { try add(change) }
                }
            }
        } catch let problem as ListProblem {
            throw RunFailure("Line \(problem.line) of \(path) \(problem.text). Nothing was changed.")
        }
    }

    private mutating func change(_ entry: ListedEntry) -> ListedChange? {
        let isNegative = entry.opinion == .negative
        if entry.isWithdrawn { withdrawn += 1 } else if isNegative { negative += 1 }
        let isGone = entry.isWithdrawn || isNegative
        let signals = entry.signals.filter { $0 != .foreign }
        if signals.isEmpty, !isGone { foreign += 1 }
        let references = signals.compactMap { NewReference($0, name: keepsLabels ? entry.label : nil) }
        if !isGone { poor += signals.count - references.count }
        guard !references.isEmpty || !entry.key.isEmpty else { return nil }
        return ListedChange(
            references: references, key: entry.key, opinion: entry.opinion?.rawValue,
            tags: Array(Set(entry.tags.map { String($0.prefix(200)) })).sorted().prefix(100).map { $0 },
            isWithdrawn: isGone)
    }

    /// Says what was left out.
    func conclude() {
        if poor > 0 { note("\(poor) hashes have a low quality, or are none of a picture; they were left out.") }
        if foreign > 0 {
            note(
                "\(Progress.count(foreign, "entry is", "entries are")) of kinds that Ansim does not compare; left out.")
        }
        if withdrawn > 0 { note("\(Progress.count(withdrawn, "entry is", "entries are")) withdrawn.") }
        if negative > 0 {
            note("\(Progress.count(negative, "entry is", "entries are")) called false by all who judged; left out.")
        }
        if malformed > 0 { note("\(malformed) of \(entries + malformed) entries could not be read.") }
    }

    var isWhole: Bool { poor + foreign + malformed == 0 }
}

/// Tells of lines that can't be read, neighbours together.
private struct LineRanges {
    private var first = 0
    private var last = 0

    mutating func add(_ line: Int, _ path: String) {
        if line == last || line == last + 1, first > 0 {
            last = line
            return
        }
        flush(path)
        (first, last) = (line, line)
    }

    mutating func flush(_ path: String) {
        defer { (first, last) = (0, 0) }
        guard first > 0 else { return }
        note(
            (first == last ? "Line \(first)" : "Lines \(first) to \(last)")
                + " of \(printable(path)): no entry of a list."
        )
    }
}

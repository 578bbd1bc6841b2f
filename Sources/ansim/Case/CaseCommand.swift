import ArgumentParser
import MediaModel
import Registry
import Reporting

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "Keep track of what was found of a case, and of what was done about it.",
        discussion: """
            `update` takes a scan's records; each URL or path where a reference was found is a finding with a state: \
            found, confirmed, not-a-match, requested, removed, back. People set states; the journal only grows.

            Examples:
              ansim case open 2026-017 --note "request of 2 November"
              ansim case update records.jsonl
              ansim case show 2026-017
              ansim case state --case 2026-017 confirmed https://host.example/1.jpg
              ansim case request --host host.example --language ko --output r.txt
              ansim case state --case 2026-017 requested https://host.example/1.jpg
              ansim case stats
            """,
        subcommands: [
            Open.self, List.self, Show.self, Note.self, Close.self, SetState.self, CaseUpdateCommand.self,
            CaseStatsCommand.self, CaseRequestCommand.self,
        ])

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a case; make it, when it is new.",
            discussion: "Example: ansim case open 2026-017 --note \"request of 2 November\"")
        @Argument(help: "The case's name.", transform: parseCase) var caseID: CaseID
        @Option(help: "What is to be remembered of it.") var note: String?
        @OptionGroup var options: RegistryOptions

        func run() throws {
            try options.open(.makingIfMissing).write(.opened, of: caseID, note: note)
            try say("Case \(caseID) is open.")
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a case; its references are still found. `registry remove` forgets them.",
            discussion: "Example: ansim case close 2026-017 --note \"all removed\"")
        @Argument(help: "The case's name.", transform: parseCase) var caseID: CaseID
        @Option(help: "What is to be remembered of it.") var note: String?
        @OptionGroup var options: RegistryOptions

        func run() throws {
            try options.open(.existing).write(.closed, of: caseID, note: note)
            try say("Case \(caseID) is closed.")
        }
    }

    struct Note: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write something down about a case.",
            discussion: "Example: ansim case note 2026-017 \"The police have the list.\"")
        @Argument(help: "The case's name.", transform: parseCase) var caseID: CaseID
        @Argument(help: "What is to be remembered of it.") var text: String
        @OptionGroup var options: RegistryOptions

        func run() throws {
            try options.open(.existing).write(.note, of: caseID, note: text)
            try say("Noted.")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the cases, with what was found of each.", discussion: "Example: ansim case list")
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.reading)
            let cases = try registry.cases()
            for found in cases {
                let states = try registry.findings(of: found.id).map(\.state)
                let counts = FindingState.allCases.compactMap { state in
                    let count = states.count { $0 == state }
                    return count == 0 ? nil : "\(count) \(state.rawValue)"
                }
                try say(
                    "\(printable(found.id.rawValue))\t\(try registry.isClosed(found.id) ? "closed" : "open")\t"
                        + Progress.count(found.references, "reference", "references") + "\t"
                        + (counts.isEmpty ? "no findings" : counts.joined(separator: ", ")))
            }
            if cases.isEmpty { note("The registry holds no cases.") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what happened to a case, and its findings; of single findings, all that happened to them.",
            discussion: """
                Examples:
                  ansim case show 2026-017 --state back
                  ansim case show 2026-017 12 https://host.example/1.jpg
                """)
        @Argument(help: "The case's name.", transform: parseCase) var caseID: CaseID
        @Argument(help: "URLs, paths or numbers of findings, to show with their history.") var places: [String] = []
        @Option(help: "Only findings in this state.") var state: StateArgument?
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.reading)
            let findings = try registry.findings(of: caseID)
            let named = try PathArguments.exact(places).map { try NamedFindings(findings)($0) }
            if places.isEmpty {
                for event in try registry.events(of: caseID) {
                    try say(
                        "\(event.time)\t\(event.kind.rawValue)" + (event.note.map { "\t\(printable($0))" } ?? ""))
                }
            }
            for finding in places.isEmpty ? findings : named where state == nil || finding.state == state?.state {
                let references = Set(finding.pairs.map(\.reference)).sorted().map(\.description)
                try say(
                    "\(finding.id)\t\(finding.state.rawValue)\t\(finding.time)\treference \(references.joined(separator: ", "))\t"
                        + printable(finding.place) + (finding.note.map { "\t\(printable($0))" } ?? ""))
                guard !places.isEmpty else { continue }
                for entry in try registry.journal(of: finding.id) {
                    try say(
                        "\t\(entry.state.rawValue)\t\(entry.time)" + (entry.note.map { "\t\(printable($0))" } ?? ""))
                }
            }
        }
    }

    struct SetState: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "state",
            abstract: "Set the state of findings.",
            discussion: """
                confirmed: a person looked, it shows the reference. not-a-match: it does not; the same bytes are not \
                reported for this reference again, until another state is set here. requested: the host was asked to remove it. \
                removed: it is gone. Who sets the same state again corrects its time.

                Examples:
                  ansim case state --case 2026-017 confirmed https://host.example/1.jpg
                  ansim case state --case 2026-017 removed 12 --at 2026-11-20T09:00:00Z
                """)
        @Option(
            name: .customLong("case"), help: ArgumentHelp("The case.", valueName: "id"), transform: parseCase)
        var caseID: CaseID
        @Argument(help: "The new state.") var state: StateArgument
        @Argument(help: "URLs, paths or numbers of findings, as `case show` or a scan prints them.") var places:
            [String]
        @Option(help: "What is to be remembered of it.") var note: String?
        @Option(
            help: ArgumentHelp(
                "When it was, in ISO 8601 (2026-11-20T09:00:00Z); not before it was found. Default: now.",
                valueName: "time"))
        var at: String?
        @OptionGroup var options: RegistryOptions

        func validate() throws {
            if let at, Registry.time(at) == nil {
                throw ValidationError("--at takes a time such as 2026-11-20T09:00:00Z.")
            }
        }

        func run() throws {
            let registry = try options.open(.existing)
            let named = NamedFindings(try registry.findings(of: caseID))
            let findings = Set(try PathArguments.exact(places).map { try named($0).id }).sorted()
            try registry.set(
                state.state, of: findings, caseID: caseID, time: at.flatMap(Registry.time), note: note)
            try say("\(Progress.count(findings.count, "finding is", "findings are")) \(state.rawValue) now.")
        }
    }
}

/// `FindingState` as an argument.
enum StateArgument: String, ExpressibleByArgument, CaseIterable {
    case found, confirmed
    case notAMatch = "not-a-match"
    case requested, removed, back

    var state: FindingState { FindingState(rawValue: rawValue)! }
}

/// Text of strangers for a terminal.
func printable(_ text: String) -> String { PrintedName.visible(text) }

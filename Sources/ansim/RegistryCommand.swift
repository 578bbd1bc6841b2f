import ArgumentParser
import MediaModel
import Registry

struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Look into the registry, remove from it, check it.",
        subcommands: [List.self, Show.self, Remove.self, Stats.self, Verify.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the cases, or a case's references.")

        @Option(
            name: .customLong("case"), help: ArgumentHelp("Only this case, with its references.", valueName: "id"),
            transform: parseCase)
        var caseID: CaseID?
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.existing)
            if let caseID {
                for reference in try registry.references(of: caseID) { print(reference.line) }
                return
            }
            let cases = try registry.cases()
            for entry in cases {
                let plain = entry.bytesOnly > 0 ? " (\(entry.bytesOnly) for identical files only)" : ""
                print(
                    "\(entry.id)\t\(Progress.count(entry.references, "reference", "references"))\(plain)\tsince \(entry.created)"
                )
            }
            if cases.isEmpty { note("The registry holds no cases.") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what the registry holds of a reference.", discussion: "Hashes are never shown.")

        @Argument(help: "The reference's number.", transform: parseReference)
        var reference: ReferenceID
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let found = try options.open(.existing).reference(reference)
            print("reference   \(found.id)")
            print("case        \(found.caseID)")
            print("registered  \(found.registered)")
            print("format      \(found.format)")
            if let width = found.width, let height = found.height { print("size        \(width) x \(height)") }
            print("bytes       \(found.byteCount)")
            print("sha256      \(found.sha256)")
            if let quality = found.quality { print("quality     \(quality)") }
            print("hashes      \(found.hashCount)")
            if let reason = found.bytesOnly { print("found       only as an identical file: \(reason.explanation)") }
            if let name = found.fileName { print("file name   \(name)") }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a case, or single references; their hashes are gone from the disk.")

        @Option(
            name: .customLong("case"),
            help: ArgumentHelp("The case to remove with all its references.", valueName: "id"), transform: parseCase)
        var caseID: CaseID?
        @Argument(help: "Numbers of references.", transform: parseReference)
        var references: [ReferenceID] = []
        @OptionGroup var options: RegistryOptions

        func validate() throws {
            guard (caseID != nil) != !references.isEmpty else {
                throw ValidationError("Name either a case (--case ID) or references (their numbers).")
            }
        }

        func run() throws {
            let registry = try options.open(.existing)
            if let caseID {
                let count = try registry.remove(caseID: caseID)
                print("Removed case \(caseID) with \(Progress.count(count, "reference", "references")).")
            } else {
                try registry.remove(references: references)
                print("Removed \(Progress.count(references.count, "reference", "references")).")
            }
        }
    }

    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Numbers about the registry.")
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.existing)
            let numbers = try registry.statistics()
            print("file        \(registry.path)")
            print("bytes       \(numbers.byteCount)")
            print("cases       \(numbers.cases)")
            print("references  \(numbers.references)")
            print("bytes only  \(numbers.bytesOnly)")
            print("hashes      \(numbers.hashes)")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check that the registry is sound.")
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.existing)
            let problems = try registry.problems()
            for problem in problems { print(problem) }
            guard problems.isEmpty else {
                throw RunFailure("The registry \(registry.path) is not sound. Restore it from a backup.")
            }
            print("The registry is sound.")
        }
    }
}

extension Reference {
    /// For lists.
    fileprivate var line: String {
        var parts = ["\(id)", format]
        if let width, let height { parts.append("\(width) x \(height)") }
        if let quality { parts.append("quality \(quality)") }
        if bytesOnly != nil { parts.append("identical files only") }
        if let fileName { parts.append(fileName) }
        return parts.joined(separator: "\t")
    }
}

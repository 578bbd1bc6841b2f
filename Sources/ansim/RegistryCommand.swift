import ArgumentParser
import HashIndex
import MediaModel
import Registry

struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Look into the registry, remove from it, check it.",
        discussion: """
            Examples:
              ansim registry list --case 2026-017
              ansim registry show 3
              ansim registry remove --case 2026-017
              ansim registry compact
              ansim registry verify
            """,
        subcommands: [
            List.self, Show.self, Remove.self, Compact.self, Stats.self, Verify.self, RegistryImportCommand.self,
            RegistryExportCommand.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the cases, or a case's references.",
            discussion: "Example: ansim registry list --case 2026-017")

        @Option(
            name: .customLong("case"), help: ArgumentHelp("Only this case, with its references.", valueName: "id"),
            transform: parseCase)
        var caseID: CaseID?
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.reading)
            if let caseID {
                for reference in try registry.references(of: caseID) { try say(reference.line) }
                return
            }
            let cases = try registry.cases()
            for entry in cases {
                let plain = entry.bytesOnly > 0 ? " (\(entry.bytesOnly) for identical files only)" : ""
                try say(
                    "\(entry.id)\t\(Progress.count(entry.references, "reference", "references"))\(plain)\tsince \(entry.created)"
                )
            }
            if cases.isEmpty { note("The registry holds no cases.") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what the registry holds of a reference.",
            discussion: "Hashes are never shown. Example: ansim registry show 3")

        @Argument(help: "The reference's number.", transform: parseReference)
        var reference: ReferenceID
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.reading)
            let found = try registry.reference(reference)
            try say("reference   \(found.id)")
            try say("case        \(found.caseID)")
            try say("registered  \(found.registered)")
            try say("format      \(found.format)")
            if let width = found.width, let height = found.height { try say("size        \(width) x \(height)") }
            if found.imported == nil { try say("bytes       \(found.byteCount)") }
            if found.imported == nil || found.imported == .sha256 { try say("sha256      \(found.sha256)") }
            if let kind = found.imported { try say("imported    \(kind.rawValue)") }
            for listing in try registry.listings(of: reference) { try say("list        \(listing.line)") }
            if let quality = found.quality { try say("quality     \(quality)") }
            try say("hashes      \(found.hashCount)")
            try say("kept        \(found.kept)")
            if let reason = found.bytesOnly { try say("found       only as an identical file: \(reason.explanation)") }
            if let name = found.fileName { try say("file name   \(name)") }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a case, or single references; their hashes are gone from the disk.",
            discussion: """
                They are found no more from the next scan on. Unless --no-compact is given, the index file, which holds \
                the hashes once more, is then made anew without them.

                Examples: ansim registry remove --case 2026-017; ansim registry remove 3 4
                """)

        @Option(
            name: .customLong("case"),
            help: ArgumentHelp("The case to remove with all its references.", valueName: "id"), transform: parseCase)
        var caseID: CaseID?
        @Argument(help: "Numbers of references.", transform: parseReference)
        var references: [ReferenceID] = []
        @Flag(help: "Leave the index file as it is: the hashes stay in it until `ansim registry compact`.")
        var noCompact = false
        @OptionGroup var options: RegistryOptions

        func validate() throws {
            guard (caseID != nil) != !references.isEmpty else {
                throw ValidationError("Name either a case (--case ID) or references (their numbers).")
            }
        }

        func run() throws {
            let registry = try options.open(.existing)
            // Compacting empties the log as well, after it has waited for whoever reads it to make an index file.
            let isLogged = RegistryError.removedButLogged(path: registry.path)
            var remains = false
            if let caseID {
                let count = try registry.references(of: caseID).count
                do throws(RegistryError) { _ = try registry.remove(caseID: caseID) } catch {
                    guard error == isLogged else { throw error }
                    remains = true
                }
                try say("Removed case \(caseID) with \(Progress.count(count, "reference", "references")).")
            } else {
                let numbers = Set(references).sorted()
                do throws(RegistryError) { try registry.remove(references: numbers) } catch {
                    guard error == isLogged else { throw error }
                    remains = true
                }
                try say("Removed \(Progress.count(numbers.count, "reference", "references")).")
            }
            if noCompact {
                if remains { throw isLogged }
                return
            }
            try registry.compactNotingFailures()
        }
    }

    struct Compact: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Overwrite on the disk what was removed, give back its room, and make the index files anew.",
            discussion: "Example: ansim registry compact")
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.existing)
            let (index, details) = try registry.compact(shrinks: true)
            for (update, path) in [(index, registry.indexPath), (details, registry.detailsPath)] {
                if case .failed(let failure) = update {
                    throw RunFailure("The registry is compact. " + failure.sentence(path))
                }
            }
            switch index {
            case .built(let count):
                try say("The registry is compact; its index file has \(Progress.count(count, "hash", "hashes")).")
            case .unneeded, .current, .busy, .failed:
                try say("The registry is compact; it has so few hashes that it needs no index file.")
            }
            if case .built(let count) = details {
                try say("Its file of details has \(Progress.count(count, "picture", "pictures")).")
            }
        }
    }

    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Numbers about the registry.", discussion: "Example: ansim registry stats")
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.reading)
            let numbers = try registry.statistics()
            try say("file        \(registry.path)")
            try say("bytes       \(numbers.byteCount)")
            try say("cases       \(numbers.cases)")
            try say("references  \(numbers.references)")
            try say("bytes only  \(numbers.bytesOnly)")
            try say("hashes      \(numbers.hashes)")
            try say("index file  \(registry.indexDescription)")
            try say("details     \(registry.detailsDescription)")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that the registry is sound.", discussion: "Example: ansim registry verify")
        @OptionGroup var options: RegistryOptions

        func run() throws {
            let registry = try options.open(.reading)
            let problems = try registry.problems()
            let indexProblems = registry.indexProblems()
            for problem in problems + indexProblems { try say(problem) }
            guard problems.isEmpty else {
                throw RunFailure("The registry \(registry.path) is not sound. Restore it from a backup.")
            }
            guard indexProblems.isEmpty else {
                throw RunFailure("The registry is sound, but a file beside it is not; nothing is lost.")
            }
            try say("The registry is sound.")
        }
    }
}

extension Registry {
    /// For people.
    fileprivate var indexDescription: String {
        description { () throws(IndexFileError) in
            let file = try IndexFile(path: indexPath)
            return (Progress.count(file.count, "hash", "hashes"), file.byteCount, file.stamp)
        }
    }

    /// For people.
    fileprivate var detailsDescription: String {
        description { () throws(IndexFileError) in
            let file = try DetailsFile(path: detailsPath)
            return (Progress.count(file.count, "picture", "pictures"), file.byteCount, file.stamp)
        }
    }

    private func description(
        _ facts: () throws(IndexFileError) -> (count: String, bytes: Int, stamp: IndexStamp)
    ) -> String {
        do throws(IndexFileError) {
            let (count, bytes, stamp) = try facts()
            let state = (try? isCurrent(stamp)) == true ? "" : ", without what has changed since"
            return "\(count), \(bytes) bytes\(state)"
        } catch {
            return error == .missing ? "none" : "can't be used: \(error)"
        }
    }
}

extension Listing {
    /// `name: positive; tags a, b`
    fileprivate var line: String {
        let tags = tags.isEmpty ? "" : "; tags " + tags.map(printable).joined(separator: ", ")
        return printable(list) + (key.isEmpty ? "" : " (\(printable(key)))") + (opinion.map { ": \($0)" } ?? "") + tags
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

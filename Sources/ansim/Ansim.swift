import ArgumentParser
import Glibc
import HashIndex
import Registry

@main
struct Ansim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ansim",
        abstract: "Finds re-uploads of registered pictures in crawled media.",
        discussion: """
            A case's pictures are registered once; only their hashes are kept. Crawled media are then \
            scanned, and every item that shows a registered picture is reported.

            Exit status: 0 done; 1 the run failed; 2 done, but some items could not be examined; \
            10 a match was found (with --fail-on-match); 64 wrong usage.
            """,
        version: ansimVersion,
        subcommands: [
            RegisterCommand.self, ScanCommand.self, RematchCommand.self, HashCommand.self, CompareCommand.self,
            ReportCommand.self, VerifyEvidenceCommand.self, CaseCommand.self, RegistryCommand.self, BenchCommand.self,
        ])

    static func main() {
        // A file that may not grow is an error of write(), not the end of the process: in every command.
        signal(SIGXFSZ, SIG_IGN)
        // Descriptors 0 to 2 that were closed would be given to files of ours.
        while true {
            let descriptor = open("/dev/null", O_RDWR)
            guard descriptor >= 0, descriptor <= 2 else {
                close(descriptor)
                break
            }
        }
        do {
            try refuseUnknownCommands()
            try PathArguments.refuseFilesThatLookLikeOptions()
        } catch {
            exit(withError: error)
        }
        main(nil)
    }

    /// Else the parser would complain about the options of a mistyped command instead.
    private static func refuseUnknownCommands() throws {
        var (command, name): (any ParsableCommand.Type, String) = (Ansim.self, "ansim")
        for word in CommandLine.arguments.dropFirst() {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
            guard let next = known.first(where: { $0._commandName == word }) else {
                let names = known.map { $0._commandName }
                let distances = names.map { EditDistance.between($0, word) }
                let near = zip(names, distances).filter { $1 <= 2 && $1 == distances.min() }.map(\.0)
                throw ValidationError(
                    "There is no command \"\(name) \(printable(word))\". "
                        + (near.isEmpty
                            ? "There are: \(names.joined(separator: ", "))."
                            : "Did you mean \(near.map { "\(name) \($0)" }.joined(separator: " or "))?"))
            }
            (command, name) = (next, name + " " + word)
        }
    }

    /// What every run needs before it starts.
    static func prepare() throws {
        DescriptorLimit.raise()
        Interruption.install()
        _ = try requestedKernelLevel()
        _ = try IndexKind.requested()
        _ = try DetailsPlace.requested()
    }
}

/// Of the engine; part of the settings digest.
let ansimVersion = "0.1.0"

enum DescriptorLimit {
    /// Each worker and each item takes some; the soft limit is often far under what is allowed.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

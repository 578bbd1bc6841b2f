import ArgumentParser
import HashIndex

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
            RegisterCommand.self, ScanCommand.self, HashCommand.self, CompareCommand.self, RegistryCommand.self,
        ])

    /// What every run needs before it starts.
    static func prepare() throws {
        Interruption.install()
        _ = try requestedKernelLevel()
    }
}

/// Of the engine; part of the settings digest.
let ansimVersion = "0.1.0"

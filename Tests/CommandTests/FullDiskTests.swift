import Foundation
import TestSupport
import Testing

/// A disk that fills up at any size of file: the command says so, and what was there before stays whole.
@Suite struct FullDisk {
    private let ansim = Tool()

    /// - Parameter blocks: of 1024 bytes that a file may have.
    private func limited(_ blocks: Int, _ arguments: [String]) throws -> CommandResult {
        try run(
            URL(filePath: "/bin/bash"),
            ["-c", "ulimit -f \(blocks); exec \"$0\" \"$@\"", Paths.product("ansim").path] + arguments,
            environment: ["ANSIM_REGISTRY": ansim.registry])
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test(arguments: ["rematch", "html", "csv"]) func ofOutputsEndsWithASentence(kind: String) throws {
        try ansim.registerSamples()
        let (records, output) = (ansim.folder.path + "/records.jsonl", ansim.folder.path + "/output")
        _ = try ansim("scan", "--quiet", "--all", "--depth", "quick", "--output", records, ansim.crawl)
        let ledger = records + ".ledger"
        let arguments =
            kind == "rematch"
            ? ["rematch", "--depth", "quick", "--ledger", ledger, "--output", output]
            : ["report", "--format", kind, "--output", output, records]
        let before = (try bytes(ledger), try bytes(records))
        var failures = 0
        for blocks in [1, 2, 3, 4, 8, 16, 24] {
            try? FileManager.default.removeItem(atPath: output)
            let result = try limited(blocks, arguments)
            guard result.status != 0 else { continue }
            failures += 1
            #expect(result.status == 1 && result.errors.contains("full"), "\(blocks): \(result.errors)")
            #expect(try (bytes(ledger), bytes(records)) == before)
            // Half a report would look like a whole one.
            #expect(kind == "rematch" || !FileManager.default.fileExists(atPath: output))
        }
        #expect(failures > 0)
        try? FileManager.default.removeItem(atPath: output)
        #expect(try ansim(arguments).status == 0)
    }

    @Test(arguments: [["registry", "remove", "--case", "demo"], ["registry", "compact"]])
    func ofTheRegistryLosesNothing(command: [String]) throws {
        try ansim.registerSamples()
        let all = try ansim("registry", "list").output
        var failures = 0
        for blocks in [1, 4, 16, 64, 256, 1024] {
            let result = try limited(blocks, command)
            #expect(try ansim("registry", "verify").status == 0, "\(blocks)")
            let left = try ansim("registry", "list").output
            guard result.status != 0 else {
                #expect((left == all) == (command.last == "compact"))
                break
            }
            failures += 1
            #expect(result.status == 1 && result.errors.contains("full"), "\(blocks): \(result.errors)")
            // The whole removal or nothing.
            #expect(left == all || command.last == "demo")
            if left != all { break }
        }
        #expect(failures > 0)
        #expect(try ansim("registry", "compact").status == 0)
    }
}

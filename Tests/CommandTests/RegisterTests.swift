import Foundation
import TestSupport
import Testing

@Suite struct RegisterCommandRuns {
    private let ansim = Tool()

    @Test func sayWhatBecameOfEveryFile() throws {
        let first = try ansim("register", "--case", "2026-1", ansim.reference)
        #expect(first.status == 0)
        #expect(first.lines.allSatisfy { $0.hasPrefix("registered ") })
        let again = try ansim("register", "--case", "2026-1", ansim.reference)
        #expect(again.status == 0)
        #expect(again.lines.allSatisfy { $0.hasPrefix("already there ") })
        #expect(
            try ansim("register", "--case", "2026-2", ansim.reference).lines.allSatisfy { $0.hasPrefix("registered ") })
    }

    @Test func keepPlainAndDamagedPicturesForTheirBytesOnly() throws {
        let kinds = Dictionary(grouping: ExpectedFile.all, by: \.kind)
        for kind in ["flat", "gradient", "truncated"] {
            let file = ansim.crawl + "/" + (try #require(kinds[kind]?.first?.file))
            let result = try ansim("register", "--case", "plain", file)
            #expect(result.status == 0)
            #expect(result.output.hasPrefix("bytes only "), "\(kind): \(result.output)")
            let match = try ansim("scan", file).records.first
            #expect(match?["found"] as? String == "bytes", "\(kind)")
        }
        // Other plain pictures are not taken for it.
        let other = try ansim("scan", ansim.crawl).records.filter { $0["kind"] as? String == "match" }
        #expect(other.count == 3)
    }

    @Test func refuseWhatIsNoPictureAndGoOn() throws {
        let result = try ansim(
            "register", "--case", "x", ansim.crawl + "/chat/empty.jpg", ansim.reference + "/coffee.jpg")
        #expect(result.status == 2)
        #expect(result.lines.first?.hasPrefix("not registered ") == true)
        #expect(result.lines.last?.hasPrefix("registered ") == true)
    }

    @Test func needACase() throws {
        let result = try ansim("register", ansim.reference)
        #expect(result.status == 64)
        #expect(result.errors.contains("--case"))
        #expect(try ansim("register", "--case", "", ansim.reference).status == 64)
    }

    @Test func needFiles() throws {
        let empty = ansim.folder.appending("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
        let result = try ansim("register", "--case", "x", empty.path)
        #expect(result.status == 1)
        #expect(result.errors.contains("There are no files under the given paths."))
    }

    /// Nothing of the media, and no name unless asked for.
    @Test func keepNeitherNamesNorPixels() throws {
        try ansim.registerSamples()
        func onDisk(_ text: String) -> Bool {
            ["", "-wal"].contains { suffix in
                FileManager.default.contents(atPath: ansim.registry + suffix)?.range(of: Data(text.utf8)) != nil
            }
        }
        #expect(!onDisk("coffee"))
        #expect(try ansim("register", "--case", "named", "--keep-names", ansim.reference + "/coffee.jpg").status == 0)
        #expect(onDisk("coffee.jpg"))
    }

    @Test func sayThatTheRegistryIsLocked() throws {
        try ansim.registerSamples()
        let result = try run(
            URL(filePath: "/usr/bin/python3"),
            [
                "-c",
                """
                import sqlite3, subprocess, sys
                db = sqlite3.connect(sys.argv[1], isolation_level=None)
                db.execute("BEGIN EXCLUSIVE")
                r = subprocess.run(sys.argv[2:], capture_output=True, text=True)
                sys.stderr.write(r.stderr)
                sys.exit(r.returncode)
                """, ansim.registry, Paths.product("ansim").path, "register", "--case", "x", ansim.reference,
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 1)
        #expect(result.errors.contains("is locked by another process"))
        #expect(try ansim("registry", "verify").output.contains("sound"))
    }

    /// Killed at any moment, the registry opens, is sound, and the command can be run again.
    @Test(.timeLimit(.minutes(20))) func surviveBeingKilled() throws {
        var random = SeededGenerator(seed: 11)
        for round in 0..<12 {
            let delay = Double.random(in: 0.005...0.25, using: &random)
            _ = try run(
                URL(filePath: "/bin/bash"),
                [
                    "-c", "\"$0\" register --case kill \"$1\" >/dev/null 2>&1 & sleep \(delay); kill -9 $!; wait",
                    Paths.product("ansim").path, ansim.crawl,
                ], environment: ["ANSIM_REGISTRY": ansim.registry])
            if FileManager.default.fileExists(atPath: ansim.registry) {
                let check = try ansim("registry", "verify")
                #expect(check.status == 0, "round \(round): \(check.output) \(check.errors)")
            }
        }
        #expect(try ansim("register", "--case", "kill", ansim.crawl).status == 2)
        let whole = Tool()
        #expect(try whole("register", "--case", "kill", whole.crawl).status == 2)
        func count(_ tool: Tool) throws -> [String] {
            try tool("registry", "stats").lines.filter { $0.hasPrefix("references") || $0.hasPrefix("hashes") }
        }
        #expect(try count(ansim) == count(whole))
    }

    @Test func saveNothingWhenTheDiskIsFull() throws {
        try ansim.registerSamples()
        let result = try run(
            URL(filePath: "/bin/bash"),
            ["-c", "ulimit -f 48; exec \"$0\" register --case more \"$1\"", Paths.product("ansim").path, ansim.crawl],
            environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("is full"), "\(result.errors)")
        #expect(try ansim("registry", "verify").status == 0)
        #expect(try ansim("registry", "stats").output.contains("references  10"))
    }

    @Test func workFromSeveralProcessesAtOnce() throws {
        for round in 0..<4 {
            let tool = Tool()
            let result = try run(
                URL(filePath: "/bin/bash"),
                [
                    "-c",
                    """
                    for n in 1 2 3 4; do "$0" register --case "case $n" "$1" & done
                    status=0; for job in $(jobs -p); do wait $job || status=$?; done; exit $status
                    """, Paths.product("ansim").path, tool.reference,
                ], environment: ["ANSIM_REGISTRY": tool.registry])
            #expect(result.status == 0, "round \(round): \(result.errors)")
            #expect(try tool("registry", "stats").output.contains("references  40"))
        }
    }

    /// A registry that was emptied must not look like one that holds nothing.
    @Test func refuseAnEmptiedRegistry() throws {
        try ansim.registerSamples()
        try Data().write(to: URL(filePath: ansim.registry))
        try? FileManager.default.removeItem(atPath: ansim.registry + "-wal")
        #expect(try ansim("scan", ansim.crawl).status == 1)
    }
}

import Foundation
import TestSupport
import Testing

/// Whoever is stopped says so: a scan that was not finished must never look like one that was.
@Suite struct StoppedScans {
    private let ansim = Tool()
    private var output: String { ansim.folder.path + "/out.jsonl" }

    init() throws { try ansim.registerSamples() }

    /// Runs a shell's words with `$ansim`, `$output`, `$folder` and `$crawl`.
    private func shell(_ script: String) throws -> CommandResult {
        try run(
            URL(filePath: "/bin/bash"), ["-c", script],
            environment: [
                "ANSIM_REGISTRY": ansim.registry, "ansim": Paths.product("ansim").path, "output": output,
                "folder": ansim.folder.path, "crawl": ansim.crawl,
            ])
    }

    private func summary() throws -> String {
        String(try #require(String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").last))
    }

    @Test(arguments: ["INT", "TERM"]) func ofLinesThatDoNotCome(signal: String) throws {
        let result = try shell(
            """
            mkfifo "$folder/lines"
            "$ansim" scan --output "$output" - < "$folder/lines" & scan=$!
            exec 3> "$folder/lines"
            echo "{\\"path\\":\\"$crawl/board/0012.jpg\\"}" >&3
            for n in {1..200}; do [ -s "$output" ] && break; sleep 0.1; done
            kill -\(signal) $scan; wait $scan
            """)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("Stopped before the end."))
        #expect(try summary().contains(#""complete":false"#))
    }

    /// It has one member, which is long in coming.
    @Test func ofAnArchive() throws {
        let result = try shell(
            """
            mkdir "$folder/archives"
            head -c 60M /dev/urandom | base64 -w0 | gzip -1 > "$folder/archives/slow.gz"
            "$ansim" scan --all --output "$output" "$folder/archives" & scan=$!
            sleep 0.2; kill -INT $scan; wait $scan
            """)
        let isComplete = try summary().contains(#""complete":true"#)
        #expect(result.status == (isComplete ? 2 : 1), "\(result.errors)")
        if isComplete { #expect(try summary().contains(#""items":1"#)) }
    }

    /// Ctrl-Z, or a laptop that is closed: the files are not to blame.
    @Test func suspensionIsNotHeldAgainstAnItem() throws {
        let many = ansim.folder.appending("many")
        try FileManager.default.createDirectory(at: many, withIntermediateDirectories: false)
        for number in 0..<400 {
            try FileManager.default.createSymbolicLink(
                atPath: many.path + "/\(number).jpg", withDestinationPath: ansim.reference + "/coffee.jpg")
        }
        let result = try shell(
            """
            "$ansim" scan --all --no-ledger --max-wall-seconds 3 --output "$output" "$folder/many" & scan=$!
            sleep 0.5; kill -STOP $scan; sleep 5; kill -CONT $scan; wait $scan
            """)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try !String(contentsOfFile: output, encoding: .utf8).contains("tooSlow"))
    }

    @Test func thatWouldWriteOverTheirOwnFilesDoNotBegin() throws {
        for options in [["--ledger", output], ["--registry", output]] {
            let result = try ansim(["scan", "--output", ansim.folder.path + "/./out.jsonl"] + options + [ansim.crawl])
            #expect(result.status == 64)
            #expect(result.errors.contains("name the same file"))
        }
    }
}

import Foundation
import TestSupport
import Testing

/// The sandbox as it is shipped: of the programs that `ansim` starts, not of its parts.
@Suite struct Isolation {
    private let ansim = Tool()

    init() throws { try ansim.registerSamples() }

    private func shell(_ script: String) throws -> CommandResult {
        try run(
            URL(filePath: "/bin/bash"), ["-c", script],
            environment: [
                "ANSIM_REGISTRY": ansim.registry, "ansim": Paths.product("ansim").path, "folder": ansim.folder.path,
                "crawl": ansim.crawl,
                "bitmap": Paths.root.appending(path: "Tests/DecodingTests/Fixtures/bmp-24.bmp").path,
            ])
    }

    /// What the kernel says of a child of a scan that waits for its next line.
    private struct Child {
        let name: String
        let status: String
        let limits: String
    }

    /// A picture for each worker and an archive have been examined.
    private func children(_ options: String) throws -> [Child] {
        let result = try shell(
            """
            mkfifo "$folder/lines"
            tar -C "$crawl" -cf "$folder/some.tar" board
            "$ansim" scan \(options) --output "$folder/out.jsonl" - < "$folder/lines" & scan=$!
            exec 3> "$folder/lines"
            for path in "$crawl/board/0012.jpg" "$bitmap" "$folder/some.tar"; do
                echo "{\\"path\\":\\"$path\\"}" >&3
            done
            for n in {1..300}; do
                [ "$(grep -c '"line":3' "$folder/out.jsonl" 2>/dev/null)" -gt 0 ] && break; sleep 0.1
            done
            for child in $(cat /proc/$scan/task/*/children); do
                echo "=== $(cat /proc/$child/comm)"
                cat /proc/$child/status; echo "---"; cat /proc/$child/limits
            done
            exec 3>&-; wait $scan
            """)
        return result.output.components(separatedBy: "=== ").dropFirst().map { text in
            let parts = text.components(separatedBy: "---\n")
            return Child(
                name: String(text.prefix { $0 != "\n" }), status: parts[0], limits: parts.count > 1 ? parts[1] : "")
        }
    }

    private func value(_ line: String, in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(line) }
            .map { $0.dropFirst(line.count).trimmingCharacters(in: .whitespaces) }
    }

    @Test(arguments: ["", "--insecure-no-sandbox"]) func holdsEveryProgramThatParsesMedia(options: String) throws {
        let children = try children(options)
        // The kernel cuts names off at 15 characters.
        #expect(Set(children.map(\.name)) == ["ansim-worker", "ansim-worker-av", "ansim-unpacker"])
        for child in children {
            #expect(value("NoNewPrivs:", in: child.status) == "1", "\(child.name)")
            #expect(value("Seccomp:", in: child.status) == (options.isEmpty ? "2" : "0"), "\(child.name)")
            #expect(value("Max open files", in: child.limits)?.hasPrefix("40 ") == true, "\(child.name)")
            #expect(value("Max core file size", in: child.limits)?.hasPrefix("0 ") == true, "\(child.name)")
            #expect(value("Max address space", in: child.limits)?.hasPrefix("unlimited") == false, "\(child.name)")
            // Only the unpacker writes: to memory files, as large as a member may be.
            let fileSize = value("Max file size", in: child.limits) ?? ""
            #expect(
                child.name == "ansim-unpacker"
                    ? !fileSize.hasPrefix("unlimited") : fileSize.hasPrefix("0 "), "\(child.name): \(fileSize)")
        }
    }

    /// Runs a scan under a filter of its own that fails one system call, as on a kernel that lacks it.
    private func scan(without call: Int, _ options: String = "") throws -> CommandResult {
        try shell(
            """
            exec python3 - "$ansim" scan --no-ledger --output "$folder/out.jsonl" \(options) "$crawl" <<'END'
            import ctypes, os, struct, sys
            code = [(0x20, 0, 0, 0), (0x15, 0, 1, \(call)), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000)]
            filter = b"".join(struct.pack("HBBI", *line) for line in code)
            buffer = ctypes.create_string_buffer(filter)
            class Program(ctypes.Structure):
                _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
            program = Program(len(code), ctypes.addressof(buffer))
            libc = ctypes.CDLL(None)
            assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
            os.execv(sys.argv[1], sys.argv[1:])
            END
            """)
    }

    @Test func isSaidToRelyOnSeccompWhereLandlockIsMissing() throws {
        let result = try scan(without: 444)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("This kernel has no Landlock: the decoders' sandbox relies on seccomp alone."))
    }

    @Test func isNotDoneWithoutWhereSeccompIsMissing() throws {
        let refused = try scan(without: 317)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("The decoders' sandbox is not complete on this system (seccomp"))
        let insisted = try scan(without: 317, "--insecure-no-sandbox")
        #expect(insisted.status == 2, "\(insisted.errors)")
        #expect(insisted.errors.contains("Decoders run without a sandbox"))
    }
}

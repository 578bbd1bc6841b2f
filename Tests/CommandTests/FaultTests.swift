import Foundation
import TestSupport
import Testing

/// What goes wrong around a scan: each ends with a sentence and the right status, and nothing is lost.
@Suite struct Faults {
    private let ansim = Tool()
    private var output: String { ansim.folder.path + "/records.jsonl" }

    /// The disk fills up wherever a write happens to come: at every size of file that may not be passed.
    @Test(.timeLimit(.minutes(20))) func ofAFullDiskLoseNothing() throws {
        try ansim.registerSamples()
        let whole = try ansim("scan", "--all", ansim.crawl).output
        for blocks in stride(from: 4, through: 160, by: 12) {
            let result = try run(
                URL(filePath: "/bin/bash"),
                [
                    "-c", "ulimit -f \(blocks); exec \"$0\" scan --all --output \"$1\" \"$2\"",
                    Paths.product("ansim").path, output, ansim.crawl,
                ], environment: ["ANSIM_REGISTRY": ansim.registry])
            #expect(result.status == 1 || result.status == 2, "\(blocks) blocks: \(result.errors)")
            if result.status == 1 { #expect(result.errors.contains("is full"), "\(blocks) blocks: \(result.errors)") }
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            #expect(text.isEmpty || text.hasSuffix("}\n"))
            #expect(whole.hasPrefix(text.split(separator: "\n").dropLast().joined(separator: "\n")))
            #expect(try ansim("registry", "verify").status == 0)
        }
        #expect(try ansim("scan", "--all", "--output", output, ansim.crawl).status == 2)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == whole)
    }

    /// Bits of the registry that flip on the disk are found, or change nothing.
    @Test func ofARegistryAreNoticed() throws {
        try ansim.registerSamples()
        try ansim("registry", "remove", "1")  // empties the log into the file
        let whole = try ansim("scan", "--all", ansim.crawl).output
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: ansim.registry + suffix) }
        let sound = try Data(contentsOf: URL(filePath: ansim.registry))
        var random = SeededGenerator(seed: 29)
        var noticed = 0
        for _ in 0..<40 {
            var damaged = sound
            for _ in 0..<6 {
                damaged[Int.random(in: damaged.indices, using: &random)] ^= UInt8(
                    1 << Int.random(in: 0..<8, using: &random))
            }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: ansim.registry + suffix) }
            try damaged.write(to: URL(filePath: ansim.registry))
            let result = try ansim("scan", "--all", ansim.crawl)
            if result.status == 1 {
                noticed += 1
                #expect(result.errors.contains("registry"), "\(result.errors)")
            } else {
                #expect(result.status == 2 && result.output == whole)
            }
        }
        #expect(noticed > 5)
    }

    @Test func ofTwoCommandsThatWriteOneFileTheSecondIsRefused() throws {
        try ansim.registerSamples()
        #expect(try ansim("scan", "--no-ledger", "--output", output, ansim.crawl).status == 2)
        let records = try String(contentsOfFile: output, encoding: .utf8)
        let other = open(output, O_RDWR)
        defer { close(other) }
        #expect(flock(other, LOCK_EX) == 0)
        let result = try ansim("scan", "--no-ledger", "--output", output, ansim.crawl)
        #expect(result.status == 1 && result.errors.contains("Another command is writing to \(output)"))
        #expect(try String(contentsOfFile: output, encoding: .utf8) == records)
        // What is no file may have any number.
        let device = open("/dev/null", O_RDWR)
        defer { close(device) }
        #expect(flock(device, LOCK_EX) == 0)
        #expect(try ansim("scan", "--no-ledger", "--output", "/dev/null", ansim.crawl).status == 2)
    }

    @Test func ofALedgerThatWasEmptiedAreSaid() throws {
        try ansim.registerSamples()
        let ledger = try ansim.folder.write(Data(), to: "emptied").path
        let result = try ansim("rematch", "--ledger", ledger)
        #expect(result.status == 1 && result.errors.contains("is damaged (it is empty)"))
        #expect(try Data(contentsOf: URL(filePath: ledger)).isEmpty)
    }

    @Test func ofAMissingWorkerAreSaid() throws {
        try ansim.registerSamples()
        let missing = try ansim("scan", ansim.crawl, environment: ["ANSIM_WORKER": "/no/ansim-worker"])
        #expect(missing.status == 1 && missing.errors.contains("has to lie beside ansim"))
        let programs = ansim.folder.path + "/programs"
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: false)
        for name in ["worker", "worker-av"] {
            try FileManager.default.createSymbolicLink(
                atPath: programs + "/" + name, withDestinationPath: "/bin/true")
        }
        let wrong = try ansim("scan", ansim.crawl, environment: ["ANSIM_WORKER": programs + "/worker"])
        #expect(wrong.status == 1 && wrong.errors.contains("is not a worker of this version"))
        try FileManager.default.removeItem(atPath: programs + "/worker-av")
        // Not in the middle of the scan, when the first file wants it.
        let further = try ansim("scan", ansim.crawl, environment: ["ANSIM_WORKER": programs + "/worker"])
        #expect(further.status == 1 && further.errors.contains("worker-av; it has to lie beside ansim"))
        let unpacker = try ansim("scan", ansim.crawl, environment: ["ANSIM_UNPACKER": "/no/ansim-unpacker"])
        #expect(unpacker.status == 1 && unpacker.errors.contains("has to lie beside ansim"))
    }

    @Test func ofALockedLedgerAreSaid() throws {
        try ansim.registerSamples()
        #expect(try ansim("scan", "--output", output, ansim.crawl).status == 2)
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
                """, output + ".ledger", Paths.product("ansim").path, "scan", "--output", output, ansim.crawl,
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 1 && result.errors.contains("is in use by another scan"), "\(result.errors)")
    }

    /// Workers that are killed from outside cost no item: a fresh one takes over. Not so fast that an item's second
    /// worker is killed as well.
    @Test(.timeLimit(.minutes(20))) func ofWorkersCostNoItem() throws {
        try ansim.registerSamples()
        let many = ansim.folder.appending("many")
        try FileManager.default.createDirectory(at: many, withIntermediateDirectories: false)
        for number in 0..<2500 {
            try FileManager.default.createSymbolicLink(
                atPath: many.path + "/\(number).jpg", withDestinationPath: ansim.reference + "/raccoon.jpg")
        }
        let whole = try ansim("scan", "--all", many.path).output
        let result = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c",
                """
                "$0" scan --all --no-ledger --output "$1" "$2" & P=$!
                for n in 1 2 3 4 5; do sleep 0.4; pkill -KILL -P $P -x ansim-worker; done; wait $P
                """, Paths.product("ansim").path, output, many.path,
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try String(contentsOfFile: output, encoding: .utf8) == whole)
    }

    /// A crawler that writes on while it is scanned.
    @Test(.timeLimit(.minutes(20))) func ofFilesThatChangeMeanwhileEndInRecords() throws {
        try ansim.registerSamples()
        let many = ansim.folder.path + "/many"
        for number in 0..<400 {
            try ansim.folder.write(
                Data(contentsOf: URL(filePath: ansim.reference + "/coffee.jpg")), to: "many/\(number).jpg")
        }
        let result = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c",
                """
                (for n in $(seq 0 3 399); do truncate -s 1000 "$2/$n.jpg"; rm -f "$2/$((n+1)).jpg"; echo more >> "$2/$((n+2)).jpg"; done) &
                "$0" scan --all --output "$1" "$2"; status=$?; wait; exit $status
                """, Paths.product("ansim").path, output, many,
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 0 || result.status == 2, "\(result.errors)")
        let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
        #expect(lines.last!.contains(#""complete":true"#))
        #expect(!lines.contains { $0.contains("decoderCrashed") })
        // And the next run tells what is there then.
        let after = try ansim("scan", "--all", "--output", output, many)
        #expect(after.status == 0 || after.status == 2)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == ansim("scan", "--all", many).output)
    }
}

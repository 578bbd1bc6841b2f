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

    /// As who is killed leaves a file that has not changed to WAL yet.
    @Test func rollBackWhatWasHalfWritten() throws {
        try ansim.registerSamples()
        _ = try run(
            URL(filePath: "/usr/bin/python3"),
            [
                "-c",
                """
                import os, shutil, sqlite3, sys
                path = sys.argv[1]
                db = sqlite3.connect(path, isolation_level=None)
                db.execute("PRAGMA journal_mode = DELETE")
                db.execute("PRAGMA cache_size = 1")
                db.execute("BEGIN IMMEDIATE")
                db.execute("CREATE TABLE half (x)")
                db.executemany("INSERT INTO half VALUES (?)", [("x" * 3000,)] * 200)
                for name in [path, path + "-journal"]: shutil.copy(name, name + ".kept")
                db.execute("ROLLBACK")
                db.close()
                for name in [path, path + "-journal"]: os.rename(name + ".kept", name)
                """, ansim.registry,
            ])
        #expect(FileManager.default.fileExists(atPath: ansim.registry + "-journal"))
        let check = try ansim("registry", "verify")
        #expect(check.status == 0 && check.output.contains("sound"), "\(check.errors)")
        #expect(try ansim("scan", ansim.crawl).output.contains(#""kind":"match""#))
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
        for arguments in [
            ["scan", ansim.crawl], ["register", "--case", "x", ansim.reference], ["registry", "stats"],
        ] {
            let result = try ansim(arguments)
            #expect(result.status == 1 && result.errors.contains("is empty"), "\(arguments): \(result.errors)")
        }
        #expect(try Data(contentsOf: URL(filePath: ansim.registry)).isEmpty)
    }

    /// The number stays: reports and findings name it.
    @Test func giveAReferenceWhatItLacksWhenItIsRegisteredAgain() throws {
        let files = ["coffee", "raccoon"].map { "\(ansim.reference)/\($0).jpg" }
        #expect(try ansim(["register", "--case", "k", "--keep", "plain"] + files).status == 0)
        let crop = try run(
            URL(filePath: "/usr/bin/ffmpeg"),
            [
                "-loglevel", "error", "-i", files[0], "-vf", "crop=300:220:170:60", ansim.folder.path + "/crop.png",
            ])
        try #require(crop.status == 0)
        let before = try ansim("scan", ansim.folder.path + "/crop.png")
        #expect(try before.records.last?["matches"] as? Int == 0)
        #expect(before.errors.contains("Of 2 of 2 references too little is kept for --depth full."))
        let digest = { try ansim("scan", "--depth", "quick", files[0]).records[0]["registry"] as? String }
        let digestBefore = try digest()
        let again = try ansim("register", "--case", "k", "--keep", "full", "--keep-names", files[0])
        #expect(
            again.output
                == "improved        \(files[0]): reference 1, full kept now, plain before; its name is kept now\n")
        #expect(again.errors == "Case k: 0 added, 1 improved.\n")
        #expect(try digest() != digestBefore)
        let shown = try ansim("registry", "show", "1").output
        #expect(shown.contains("kept        full") && shown.contains("file name   coffee.jpg"))
        let after = try ansim("scan", ansim.folder.path + "/crop.png")
        #expect(try after.records.first?["reference"] as? Int == 1)
        #expect(after.errors.contains("Of 1 of 2 references"))
        #expect(try !ansim("scan", "--depth", "quick", files[0]).errors.contains("too little"))
        // Nothing is taken away, and the same again changes nothing.
        for keep in ["plain", "full"] {
            #expect(try ansim("register", "--case", "k", "--keep", keep, files[0]).output.hasPrefix("already there "))
        }
        #expect(try ansim("registry", "verify").output == "The registry is sound.\n")
    }

    @Test func findByHashWhatALowerGateLetsIn() throws {
        let file = ansim.crawl + "/mirror/2024/clouds.jpg"
        let first = try ansim("register", "--case", "k", "--min-quality", "80", file)
        #expect(first.output.contains("reference 1, found only as an identical file"), "\(first.output)")
        let again = try ansim("register", "--case", "k", file)
        #expect(again.output.contains("reference 1, found by its hashes now"))
        let copy = try ansim.folder.write(Data(contentsOf: URL(filePath: file)) + Data([0]), to: "copy.jpg")
        #expect(try ansim("scan", copy.path).records.first?["reference"] as? Int == 1)
        #expect(try ansim("registry", "verify").output == "The registry is sound.\n")
    }

    @Test func sayWhyAVideoIsFoundByItsBytesOnly() throws {
        for (name, source, why) in [
            ("black", ["-f", "lavfi", "-i", "color=black:s=320x240:d=1"], "is black, of one colour"),
            ("audio", ["-f", "lavfi", "-i", "sine=d=1"], "no moving pictures in the file"),
            ("cut", ["-f", "lavfi", "-i", "testsrc=s=320x240:d=1"], "the end of the file is cut off"),
        ] {
            let file = URL(filePath: ansim.folder.path + "/\(name).mp4")
            let made = try run(URL(filePath: "/usr/bin/ffmpeg"), ["-loglevel", "error"] + source + [file.path])
            try #require(made.status == 0, "\(made.errors)")
            if name == "cut" { try Data(contentsOf: file).prefix(2000).write(to: file) }
            let result = try ansim("register", "--case", "videos", file.path)
            #expect(result.output.hasPrefix("bytes only ") && result.output.contains(why), "\(name): \(result.output)")
        }
    }

    @Test func sayThatAVideoIsDamaged() throws {
        let clip = Paths.root.appending(path: "Tests/VideoTests/Fixtures/h264-long-group.mkv")
        let whole = try Data(contentsOf: clip)
        let half = try ansim.folder.write(whole.prefix(whole.count / 2), to: "half.mkv")
        let result = try ansim("register", "--case", "videos", half.path, clip.path)
        #expect(result.status == 0 && result.lines.allSatisfy { $0.hasPrefix("registered ") })
        #expect(result.lines[0].contains("damaged") && result.lines[0].contains("the file ends too early"))
        #expect(!result.lines[1].contains("damaged"))
        #expect(result.errors.contains("Case videos: 2 added (1 damaged video)."))
    }

    @Test func sayWhatAFileIsThatIsNoPicture() throws {
        for (name, bytes, what) in [
            ("a.pdf", Array("%PDF-1.4\n".utf8), "a PDF document"),
            ("a.rar", Array("Rar!\u{1A}\u{7}".utf8), "a RAR archive"),
            ("a.mp3", Array("ID3\u{3}".utf8), "an audio file"), ("a.txt", Array("안녕\n".utf8), "a text file"),
            ("a.zip", [0x50, 0x4B, 3, 4, 0, 0], "an archive or compressed file"),
            (
                "a.heic", [0, 0, 0, 0x18] + Array("ftypheic\u{0}\u{0}\u{0}\u{0}mif1heic".utf8),
                "broken HEIC or AVIF file"
            ),
            ("a.bin", [1, 2, 3, 0, 0, 9], "no picture or video format that is known"),
        ] {
            let file = try ansim.folder.write(Data(bytes), to: name)
            let result = try ansim("register", "--case", "x", file.path)
            #expect(result.status == 2 && result.output.contains(": \(what)"), "\(name): \(result.output)")
        }
    }

    @Test(.enabled(if: getuid() != 0)) func sayThatTheRegistryMayOnlyBeRead() throws {
        try ansim.registerSamples()
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: ansim.registry)
        let result = try ansim("case", "open", "x")
        #expect(result.status == 1 && result.errors.contains("may only be read"), "\(result.errors)")
    }
}

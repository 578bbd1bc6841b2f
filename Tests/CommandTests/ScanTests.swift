import Foundation
import TestSupport
import Testing

@Suite struct ScanCommandRuns {
    private let ansim = Tool()

    @Test func findEveryCopyInTheSampleMediaAndNothingElse() throws {
        // Names are kept here, so that a match can be traced to its reference file.
        #expect(try ansim("register", "--case", "demo", "--keep-names", ansim.reference).status == 0)
        let list = try ansim("registry", "list", "--case", "demo").lines
        let names = Dictionary(
            uniqueKeysWithValues: list.map { line in
                let parts = line.split(separator: "\t")
                return (Int(parts[0])!, String(parts.last!))
            })

        let scan = try ansim("scan", "--all", ansim.crawl)
        let records = try scan.records
        var found: [String: String] = [:]
        for record in records where record["kind"] as? String == "match" {
            let path = try #require(record["path"] as? String)
            found[String(path.dropFirst(ansim.crawl.count + 1))] = names[try #require(record["reference"] as? Int)]
            #expect(record["case"] as? String == "demo")
            #expect(try #require(record["distance"] as? Int) <= 31)
        }
        for expected in ExpectedFile.all {
            #expect(found[expected.file] == expected.copyOf, "\(expected.file), \(expected.kind)")
        }
        #expect(records.filter { $0["kind"] as? String == "item" }.count == ExpectedFile.all.count)
        #expect(scan.status == 2, "some files are broken")
        let summary = try #require(records.last)
        #expect(summary["kind"] as? String == "summary")
        #expect(summary["items"] as? Int == ExpectedFile.all.count)
        #expect(summary["complete"] as? Bool == true)
        #expect(scan.errors.contains("show a registered picture"))
    }

    @Test func recordWhatIsBrokenWithAReason() throws {
        try ansim.registerSamples()
        let records = try ansim("scan", ansim.crawl).records
        let kinds = Dictionary(uniqueKeysWithValues: ExpectedFile.all.map { ($0.file, $0.kind) })
        let verdicts = [
            "truncated": "partial", "corrupt": "partial", "notAnImage": "undecodable", "empty": "undecodable",
        ]
        var seen: Set<String> = []
        for record in records where record["kind"] as? String == "unexamined" {
            let path = try #require(record["path"] as? String)
            let kind = try #require(kinds[String(path.dropFirst(ansim.crawl.count + 1))])
            #expect(record["verdict"] as? String == verdicts[kind], "\(path)")
            #expect(record["sha256"] is String && record["bytes"] is Int && record["detail"] is String)
            seen.insert(kind)
        }
        #expect(seen == Set(verdicts.keys))
    }

    @Test func areTheSameEveryTimeWithAnyNumberOfWorkersAndAtEveryLevel() throws {
        try ansim.registerSamples()
        let first = try ansim("scan", "--all", ansim.crawl).output
        #expect(try ansim("scan", "--all", "--workers", "1", ansim.crawl).output == first)
        #expect(try ansim("scan", "--all", "--workers", "7", ansim.crawl).output == first)
        #expect(
            try ansim("scan", "--all", ansim.crawl, environment: ["ANSIM_KERNEL_LEVEL": "portable"]).output == first)
        for kind in ["flat", "multi"] {
            #expect(try ansim("scan", "--all", ansim.crawl, environment: ["ANSIM_INDEX": kind]).output == first)
        }
        for place in ["file", "memory"] {
            #expect(try ansim("scan", "--all", ansim.crawl, environment: ["ANSIM_DETAILS": place]).output == first)
        }
    }

    @Test func tellByTheExitStatusWhatHappened() throws {
        try ansim.registerSamples()
        let copy = ansim.reference + "/coffee.jpg"
        #expect(try ansim("scan", copy).status == 0)
        #expect(try ansim("scan", "--fail-on-match", copy).status == 10)
        #expect(try ansim("scan", "--fail-on-match", "--threshold", "0", ansim.crawl + "/chat/empty.jpg").status == 2)
        #expect(try ansim("scan").status == 64)
        #expect(try ansim("scan", "--threshold", "300", copy).status == 64)
        #expect(try ansim("scan", "--max-seconds", "0", copy).status == 64)
        #expect(try ansim("no-such-command").status == 64)
    }

    @Test func holdTheLimits() throws {
        try ansim.registerSamples()
        let file = ansim.crawl + "/board/0001.jpg"
        func reason(_ option: String, _ value: String) throws -> String? {
            let result = try ansim("scan", option, value, file)
            #expect(result.status == 2)
            let record = try #require(result.records.first)
            #expect(record["verdict"] as? String == "overLimit")
            return record["reason"] as? String
        }
        #expect(try reason("--max-pixels", "1000") == "tooManyPixels")
        #expect(try reason("--max-bytes", "1000") == "tooManyBytes")
        #expect(try reason("--max-memory", "1000") == "tooMuchMemory")
    }

    @Test func matchIdenticalFilesThatAreOverALimit() throws {
        try ansim.registerSamples()
        let records = try ansim("scan", "--max-bytes", "1000", ansim.reference + "/coffee.jpg").records
        #expect(records.first?["found"] as? String == "bytes")
    }

    @Test func giveTextForPeople() throws {
        try ansim.registerSamples()
        let lines = try ansim("scan", "--format", "text", ansim.crawl).lines
        #expect(lines.contains { $0.hasPrefix("match ") && $0.contains("case demo") })
        #expect(lines.contains { $0.hasPrefix("undecodable ") })
    }

    @Test func writeToAFileThatItsOwnerAloneReads() throws {
        try ansim.registerSamples()
        let output = ansim.folder.path + "/records.jsonl"
        let result = try ansim("scan", "--output", output, "--quiet", ansim.crawl)
        #expect(result.output.isEmpty && result.errors.isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: output)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == ansim("scan", ansim.crawl).output)
    }

    @Test func sayThatAFolderIsEmpty() throws {
        try ansim.registerSamples()
        let empty = ansim.folder.appending("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
        let result = try ansim("scan", empty.path)
        #expect(result.status == 0)
        #expect(result.errors.contains("There is nothing to scan."))
        #expect(try result.records.last?["items"] as? Int == 0)
    }

    @Test func needAPathThatExistsAndARegistry() throws {
        let missing = try ansim("scan", ansim.folder.path)
        #expect(missing.status == 1)
        #expect(missing.errors.contains("There is no registry at"))
        try ansim.registerSamples()
        let nowhere = try ansim("scan", "/no/such/place")
        #expect(nowhere.status == 1)
        #expect(nowhere.errors.contains("There is no file or folder at /no/such/place."))
    }

    /// The disk that fills up: what fitted is whole lines, and the run says so.
    @Test func surviveAFullDisk() throws {
        try ansim.registerSamples()
        let full = try ansim("scan", "--all", "--no-ledger", "--output", "/dev/full", ansim.crawl)
        #expect(full.status == 1)
        #expect(full.errors.contains("The disk is full"))

        let links = ansim.folder.appending("links")
        try FileManager.default.createDirectory(at: links, withIntermediateDirectories: false)
        for number in 0..<200 {
            try FileManager.default.createSymbolicLink(
                atPath: links.path + "/\(number)", withDestinationPath: ansim.reference + "/coffee.jpg")
        }
        let output = ansim.folder.path + "/records.jsonl"
        let limited = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c", "ulimit -f 40; exec \"$0\" scan --all --no-ledger --output \"$1\" \"$2\"",
                Paths.product("ansim").path,
                output,
                links.path,
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(limited.status == 1, "\(limited.errors)")
        #expect(limited.errors.contains("The disk is full"))
        let text = try String(contentsOfFile: output, encoding: .utf8)
        #expect(text.hasSuffix("}\n") && text.split(separator: "\n").count > 5)
        for line in text.split(separator: "\n") {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil)
        }
    }

    @Test func endQuietlyWhenNobodyReadsOn() throws {
        try ansim.registerSamples()
        let result = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c", "set -o pipefail; \"$0\" scan --all --quiet \"$1\" | head -1", Paths.product("ansim").path,
                ansim.crawl,
            ],
            environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.lines.count == 1)
        #expect(result.errors.isEmpty)
    }

    @Test(.timeLimit(.minutes(20))) func stopOnControlC() throws {
        try ansim.registerSamples()
        // Enough work that it is still under way.
        let files = ansim.folder.appending("many")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: false)
        for number in 0..<4000 {
            try FileManager.default.createSymbolicLink(
                atPath: files.path + "/\(number).jpg", withDestinationPath: ansim.reference + "/coffee.jpg")
        }
        let result = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c",
                "\"$0\" scan --all --output \"$2\" \"$1\" & until [ -s \"$2\" ]; do sleep 0.05; done; kill -INT $!; wait $!",
                Paths.product("ansim").path, files.path, ansim.folder.path + "/out.jsonl",
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 1)
        #expect(result.errors.contains("Stopped before the end."))
        let lines = try String(contentsOfFile: ansim.folder.path + "/out.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 2 && lines.count < 8000)
        #expect(lines.last!.contains(#""complete":false"#))
    }

    @Test func refuseAnUnknownKernelLevel() throws {
        try ansim.registerSamples()
        let result = try ansim("scan", ansim.crawl, environment: ["ANSIM_KERNEL_LEVEL": "avx9"])
        #expect(result.status == 1)
        #expect(result.errors.contains("ANSIM_KERNEL_LEVEL names no level of this CPU"))
        let other = try ansim("scan", ansim.crawl, environment: ["ANSIM_INDEX": "hash"])
        #expect(other.status == 1 && other.errors.contains("ANSIM_INDEX is neither flat nor multi"))
        let third = try ansim("scan", ansim.crawl, environment: ["ANSIM_DETAILS": "disk"])
        #expect(third.status == 1 && third.errors.contains("ANSIM_DETAILS is neither memory nor file"))
    }

    /// Crawlers keep names as they find them.
    @Test func keepNamesThatAreNotUTF8() throws {
        try ansim.registerSamples()
        let name = Array((ansim.folder.path + "/caf").utf8) + [0xE9] + Array(".jpg".utf8)
        let source = try Data(contentsOf: URL(filePath: ansim.reference + "/coffee.jpg"))
        let descriptor = (name + [0]).withUnsafeBytes {
            open($0.assumingMemoryBound(to: CChar.self).baseAddress!, O_CREAT | O_WRONLY, 0o600)
        }
        try #require(descriptor >= 0)
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: source)
        let record = try #require(ansim("scan", ansim.folder.path).records.first { $0["kind"] as? String == "match" })
        #expect((record["pathBytes"] as? String)?.hasSuffix("636166e92e6a7067") == true)
        // And as an argument.
        let direct = try run(
            URL(filePath: "/bin/bash"),
            ["-c", "exec \"$0\" scan \"$1\"/caf*.jpg", Paths.product("ansim").path, ansim.folder.path],
            environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(try direct.records.first?["pathBytes"] as? String == record["pathBytes"] as? String)
    }

    /// Several names that read alike once repaired are several files.
    @Test func tellNamesApartThatAreNotUTF8() throws {
        try ansim.registerSamples()
        let result = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c",
                """
                cd "$1" && cp "$2/coffee.jpg" $'a\\xff.jpg' && cp "$2/raccoon.jpg" $'a\\xfe.jpg' \\
                && exec "$0" scan $'a\\xff.jpg' $'a\\xfe.jpg'
                """, Paths.product("ansim").path, ansim.folder.path, ansim.reference,
            ], environment: ["ANSIM_REGISTRY": ansim.registry])
        let found = try result.records.filter { $0["kind"] as? String == "match" }
        #expect(found.compactMap { $0["pathBytes"] as? String } == ["61ff2e6a7067", "61fe2e6a7067"])
        #expect(Set(found.compactMap { $0["reference"] as? Int }).count == 2)
    }

    @Test func refuseToOverwriteAnythingButRecords() throws {
        try ansim.registerSamples()
        let photo = try ansim.folder.write(
            Data(contentsOf: URL(filePath: ansim.reference + "/coffee.jpg")), to: "photo.jpg")
        for (file, status, words) in [
            (photo.path, 1 as Int32, "it was left as it is"), (ansim.registry, 64, "name the same file"),
        ] {
            let before = try Data(contentsOf: URL(filePath: file))
            let result = try ansim("scan", "--no-ledger", "--output", file, ansim.crawl)
            #expect(result.status == status && result.errors.contains(words))
            // SQLite may tidy up its own file.
            if file == photo.path { #expect(try Data(contentsOf: URL(filePath: file)) == before) }
            #expect(try ansim("registry", "verify").status == 0)
        }
        #expect(try ansim("scan", "--no-ledger", "--overwrite", "--output", photo.path, ansim.crawl).status == 2)
        // Records may be written again.
        #expect(try ansim("scan", "--no-ledger", "--output", photo.path, ansim.crawl).status == 2)
    }

    @Test func doNotTakeAFileForAnOption() throws {
        try ansim.registerSamples()
        try ansim.folder.write(Data(contentsOf: URL(filePath: ansim.reference + "/coffee.jpg")), to: "dashes/-h.jpg")
        func scan(_ words: [String]) throws -> CommandResult {
            try run(
                Paths.product("ansim"), ["scan"] + words, environment: ["ANSIM_REGISTRY": ansim.registry],
                in: ansim.folder.appending("dashes"))
        }
        let refused = try scan(["-h.jpg"])
        #expect(refused.status == 64 && refused.errors.contains("looks like an option"))
        #expect(try scan(["--", "-h.jpg"]).records.first?["kind"] as? String == "match")
    }
}

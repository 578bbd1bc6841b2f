import Foundation
import TestSupport
import Testing

@Suite struct RegistryCommandRuns {
    private let ansim = Tool()

    @Test func listShowAndCount() throws {
        try ansim.registerSamples()
        #expect(try ansim("registry", "list").output.hasPrefix("demo\t10 references"))
        #expect(try ansim("registry", "list", "--case", "demo").lines.count == 10)
        let shown = try ansim("registry", "show", "3").output
        #expect(shown.contains("case        demo") && shown.contains("hashes      33"))
        #expect(try ansim("registry", "stats").output.contains("hashes      330"))
        #expect(try ansim("registry", "verify").output == "The registry is sound.\n")
    }

    /// Hashes are personal data: no command of the registry prints one.
    @Test func showNoHash() throws {
        try ansim.registerSamples()
        let hash = try ansim("hash", ansim.reference + "/coffee.jpg").output.prefix(64)
        #expect(hash.count == 64)
        for arguments in [["list"], ["list", "--case", "demo"], ["show", "3"], ["stats"], ["verify"]] {
            let result = try run(
                Paths.product("ansim"), ["registry"] + arguments, environment: ["ANSIM_REGISTRY": ansim.registry])
            #expect(result.status == 0 && !result.output.contains(hash))
        }
    }

    @Test func removeCasesAndReferences() throws {
        try ansim.registerSamples()
        #expect(try ansim("registry", "remove", "1", "2").output == "Removed 2 references.\n")
        #expect(try ansim("registry", "stats").output.contains("references  8"))
        #expect(try ansim("registry", "remove", "1").status == 1)
        #expect(try ansim("registry", "remove", "--case", "demo").output == "Removed case demo with 8 references.\n")
        #expect(try ansim("scan", ansim.crawl).records.allSatisfy { $0["kind"] as? String != "match" })
        #expect(try ansim("registry", "remove", "--case", "demo").errors.contains(#"There is no case "demo""#))
        #expect(try ansim("registry", "remove").status == 64)
    }

    @Test func refuseWhatIsNoRegistry() throws {
        let file = try ansim.folder.write(Data("not a database, but a text that is long enough".utf8), to: "text")
        let result = try ansim("registry", "list", "--registry", file.path)
        #expect(result.status == 1)
        #expect(result.errors.contains("is not an Ansim registry; it was left as it is."))
    }
}

@Suite struct HashAndCompareRuns {
    private let ansim = Tool()

    @Test func printHashesAsOthersDo() throws {
        let text = try ansim("hash", ansim.reference + "/coffee.jpg").lines
        let parts = try #require(text.first).split(separator: ",")
        #expect(text.count == 1 && parts[0].count == 64 && parts[1] == "100" && parts[2].hasSuffix("coffee.jpg"))
        let record = try #require(
            ansim("hash", "--format", "jsonl", "--dihedral", ansim.reference + "/coffee.jpg").records.first)
        #expect(record["hash"] as? String == String(parts[0]))
        let hashes = try #require(record["hashes"] as? [String: String])
        #expect(hashes.count == 8 && hashes["orig"] == String(parts[0]))
        #expect(record["convention"] as? String == "pdq-full")
    }

    @Test func differBetweenTheConventionsForLargePictures() throws {
        let file = ansim.reference + "/astronaut.jpg"
        let full = try ansim("hash", ansim.reference + "/raccoon.jpg").output
        let cli = try ansim("hash", "--convention", "pdq-cli", ansim.reference + "/raccoon.jpg").output
        #expect(full != cli)
        // At most 512 pixels a side they agree.
        #expect(try ansim("hash", file).output == ansim("hash", "--convention", "pdq-cli", file).output)
    }

    @Test func tellAboutFilesThatCanNotBeHashed() throws {
        let result = try ansim("hash", ansim.crawl + "/chat/empty.jpg", ansim.reference + "/coffee.jpg")
        #expect(result.status == 2 && result.lines.count == 1)
        #expect(result.errors.contains("empty.jpg: no bytes"))
    }

    @Test func explainWhyPicturesMatch() throws {
        let mirrored = try #require(ExpectedFile.all.first { $0.kind == "mirrored" })
        let match = try ansim("compare", ansim.reference + "/" + mirrored.copyOf!, ansim.crawl + "/" + mirrored.file)
        #expect(match.status == 0 && match.output.contains("Match: B shows A, mirrored left to right"))
        for name in ["orig", "rot90", "rot180", "rot270", "flipx", "flipy", "flipp", "flipm"] {
            #expect(match.output.contains("  \(name) "))
        }
        let other = try ansim("compare", ansim.reference + "/coffee.jpg", ansim.reference + "/raccoon.jpg")
        #expect(other.status == 0 && other.output.contains("No match: the nearest orientation is"))
        let same = try ansim("compare", ansim.reference + "/coffee.jpg", ansim.reference + "/coffee.jpg")
        #expect(same.output.contains("the same file, byte for byte"))
        let flat = try #require(ExpectedFile.all.first { $0.kind == "flat" })
        #expect(
            try ansim("compare", ansim.crawl + "/" + flat.file, ansim.reference + "/coffee.jpg").output.contains(
                "its hash is noise"))
        #expect(try ansim("compare", ansim.crawl + "/chat/empty.jpg", ansim.reference + "/coffee.jpg").status == 2)
    }

    @Test func agreeWithTheHelp() throws {
        for command in ["register", "scan", "hash", "compare", "registry"] {
            let help = try ansim(command, "--help")
            #expect(help.status == 0 && help.output.contains("USAGE: ansim \(command)"))
        }
        #expect(try ansim("--version").output == "0.1.0\n")
    }

    @Test func drawWhereTheyMatchOrSayWhyNot() throws {
        let (whole, crop) = (ansim.reference + "/coffee.jpg", ansim.folder.path + "/crop.png")
        let made = try run(
            URL(filePath: "/usr/bin/ffmpeg"), ["-loglevel", "error", "-i", whole, "-vf", "crop=300:220:170:60", crop])
        try #require(made.status == 0)
        let picture = ansim.folder.path + "/p.png"
        let compare = ["compare", "--picture", picture, whole]
        #expect(try ansim(compare + [crop]).output.contains("Drawn in"))
        #expect(FileManager.default.contents(atPath: picture)?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
        let attributes = try FileManager.default.attributesOfItem(atPath: picture)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try ansim(compare + [crop]).errors.contains("add --overwrite"))
        #expect(try ansim(compare + ["--overwrite", crop]).status == 0)
        #expect(try ansim(compare + [whole]).output.contains("Nothing was drawn: the files are the same."))
        #expect(try ansim("compare", "--picture", "p.jpg", whole, crop).status == 64)
        #expect(try ansim("compare", "--depth", "quick", whole, crop).output.contains("(--depth quick)"))
        // Of a full disk no half picture is left.
        let full = try run(
            URL(filePath: "/bin/bash"),
            [
                "-c", "ulimit -f 1; exec \"$0\" compare --overwrite --picture \"$1\" \"$2\" \"$3\"",
                Paths.product("ansim").path, picture, whole, crop,
            ])
        #expect(full.errors.contains("was not drawn"))
        #expect(full.status == 1 && !FileManager.default.fileExists(atPath: picture), "\(full.errors)")
    }
}

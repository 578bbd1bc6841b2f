import Foundation
import TestSupport
import Testing

/// Findings at paths that are not plain text.
@Suite struct CaseNames {
    private let ansim = Tool()
    private var folder: String { ansim.folder.path + "/inv" }

    init() throws {
        try ansim.registerSamples()
        try shell(
            """
            mkdir "$1/inv" && cp "$2/coffee.jpg" "$1/inv/"$'n\\xb0\\xed.jpg' \\
            && cp "$2/raccoon.jpg" "$1/inv/"$'n\\xbe\\xe7.jpg' && cp "$2/coffee.jpg" "$1/inv/"$'n\\na.jpg'
            """)
    }

    /// What a shell says, with `$0` for the tool, `$1` for the test's folder and `$2` for the references.
    @discardableResult
    private func shell(_ script: String) throws -> CommandResult {
        let result = try run(
            URL(filePath: "/bin/bash"),
            ["-c", script, Paths.product("ansim").path, ansim.folder.path, ansim.reference],
            environment: ["ANSIM_REGISTRY": ansim.registry])
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    private func update() throws {
        let records = ansim.folder.path + "/records.jsonl"
        #expect(try ansim("scan", "--quiet", "--overwrite", "--output", records, folder).status == 0)
        #expect(try ansim("case", "update", records).status == 0)
    }

    private func places(_ state: String) throws -> Set<Substring> {
        Set(
            try ansim("case", "show", "demo", "--state", state).lines.map {
                $0.split(separator: "\t")[4].dropFirst(folder.count + 1)
            })
    }

    @Test func areToldApartByTheirBytes() throws {
        try update()
        #expect(try places("found") == [#"n\x{b0}\x{ed}.jpg"#, #"n\x{be}\x{e7}.jpg"#, #"n\u{a}a.jpg"#])
        // A decision about one is none about the other, and only what is there again is back.
        try shell(#""$0" case state --case demo removed "$1"/inv/$'n\xb0\xed.jpg' && rm "$1"/inv/$'n\xb0\xed.jpg'"#)
        #expect(try places("removed") == [#"n\x{b0}\x{ed}.jpg"#])
        #expect(try ansim("case", "state", "--case", "demo", "not-a-match", folder + #"/n\u{a}a.jpg"#).status == 0)
        try update()
        #expect(try places("back").isEmpty && places("found") == [#"n\x{be}\x{e7}.jpg"#])
    }

    @Test func areTakenBackAsTheyArePrinted() throws {
        try update()
        for line in try ansim("scan", "--quiet", "--format", "text", folder).lines {
            let name = try #require(line.dropFirst(12).split(separator: ": case").first)
            let result = try ansim("case", "state", "--case", "demo", "confirmed", String(name))
            #expect(result.output == "1 finding is confirmed now.\n", "\(name): \(result.errors)")
        }
        #expect(try places("confirmed").count == 3)
        // From within the folder, as the shell and as the scan have them.
        try shell(
            #"""
            cd "$1/inv" && "$0" case state --case demo removed 'n\x{be}\x{e7}.jpg' $'n\na.jpg' 'n\x{b0}\x{ed}.jpg'
            """#)
        #expect(try places("removed").count == 3)
    }

    /// As the `path` of records has it.
    @Test func thatFitSeveralAreRefused() throws {
        try update()
        let result = try ansim("case", "state", "--case", "demo", "confirmed", folder + "/n\u{FFFD}\u{FFFD}.jpg")
        #expect(result.status == 1 && result.errors.contains("can mean the findings"))
        #expect(try places("confirmed").isEmpty)
    }

    /// Records and registries of before have one place for names that look alike.
    @Test func ofBeforeAreStillKnown() throws {
        let lines = try ansim("scan", "--quiet", folder).lines.map { line in
            line.replacing(/,"pathBytes":"[0-9a-f]*"/, with: "")
        }
        let before = try ansim.folder.write(Data(lines.joined(separator: "\n").utf8), to: "before.jsonl")
        #expect(try ansim("case", "update", before.path).status == 0)
        try update()
        let name = "n\u{FFFD}\u{FFFD}.jpg"
        #expect(try places("found").contains(name[...]) && places("found").contains(#"n\x{b0}\x{ed}.jpg"#))
        #expect(try ansim("case", "state", "--case", "demo", "confirmed", folder + "/" + name).status == 0)
        #expect(try places("confirmed") == [name[...]])
    }

    /// The folder's name tells them apart where paths are relative.
    @Test func inFoldersThatAreNotUTF8AreToldApart() throws {
        for byte in ["b0", "b1"] {
            try shell(
                """
                mkdir "$1/f"$'\\x\(byte)' && cd "$1/f"$'\\x\(byte)' && cp "$2/coffee.jpg" . \\
                && "$0" scan --quiet coffee.jpg > "$1/\(byte).jsonl"
                """)
            #expect(try ansim("case", "update", ansim.folder.path + "/\(byte).jsonl").output == "1\tnew\n")
        }
        let report = try ansim("report", ansim.folder.path + "/b0.jsonl")
        #expect(report.output.contains(ansim.folder.path + #"/f\x{b0}"#))
    }

    @Test func ofMembersAreToldApart() throws {
        try makeArchives(
            in: ansim.folder, #"tar('a.tar', [('n\udcb0.jpg', coffee), ('n\udcb1.jpg', coffee)])"#)
        let records = ansim.folder.path + "/records.jsonl"
        #expect(try ansim("scan", "--quiet", "--output", records, ansim.folder.path + "/a.tar").status == 0)
        #expect(try ansim("case", "update", records).output == "2\tnew\n")
        let checked = try ansim("verify-evidence", records)
        #expect(checked.output.contains(#"a.tar!/n\x{b0}.jpg: "#) && checked.output.contains(#"a.tar!/n\x{b1}.jpg: "#))
        #expect(try ansim("report", records).output.contains(#"a.tar!/n\x{b1}.jpg"#))
    }
}

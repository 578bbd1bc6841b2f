import Foundation
import TestSupport
import Testing

/// docs/worker-contract.md, rule by rule.
@Suite struct StandardInputScans {
    private let ansim = Tool()

    init() throws { try ansim.registerSamples() }

    /// Runs a shell's words with `$ansim`, `$crawl`, `$reference` and `$folder`.
    private func shell(_ script: String) throws -> CommandResult {
        try run(
            URL(filePath: "/bin/bash"), ["-c", "set -o pipefail\n" + script],
            environment: [
                "ANSIM_REGISTRY": ansim.registry, "ansim": Paths.product("ansim").path, "crawl": ansim.crawl,
                "reference": ansim.reference, "folder": ansim.folder.path, "LC_ALL": "C",
            ])
    }

    private func scan(_ lines: [String], _ options: String = "") throws -> CommandResult {
        try ansim.folder.write(Data(lines.joined(separator: "\n").utf8), to: "lines.jsonl")
        return try shell("\"$ansim\" scan \(options) - < \"$folder/lines.jsonl\"")
    }

    /// The records that close an item.
    private func answers(_ result: CommandResult) throws -> [[String: Any]] {
        try result.records.filter { ["item", "unexamined"].contains($0["kind"] as? String) }
    }

    @Test func answerEveryLineInOrderWithAllThatWasGiven() throws {
        let given = [
            #"{"path":"\#(ansim.reference)/coffee.jpg","id":7,"url":"https://example.org/a?b=1&c=\u00e9","x":{"y":[1.50,null]}}"#,
            #"{"id":"gone","path":"/no/such/file"}"#,
            #"{"path":"\#(ansim.crawl)/board/0012.jpg"}"#,
            #"{"path":"\#(ansim.crawl)/chat/empty.jpg","page":"https://example.org/"}"#,
        ]
        let result = try scan(given)
        #expect(result.status == 2)
        let answers = try answers(result)
        #expect(answers.map { $0["kind"] as? String } == ["item", "unexamined", "item", "unexamined"])
        #expect(answers.map { $0["line"] as? Int } == [1, 2, 3, 4])
        for text in given { #expect(result.output.contains("\"given\":" + text)) }
        let records = try result.records
        #expect(records[0]["kind"] as? String == "match")
        #expect(records[0]["url"] as? String == "https://example.org/a?b=1&c=é")
        #expect(answers[3]["page"] as? String == "https://example.org/")
        #expect(records.last?["items"] as? Int == 4)
    }

    @Test func turnLinesThatNameNoItemIntoRecords() throws {
        let long = #"{"path":"\#(String(repeating: "x", count: 1 << 18))"}"#
        let lines = [
            "", "no json", "[1]", "{}", #"{"path":""}"#, #"{"path":7}"#, #"{"path":"a\u0000b"}"#, "   ", long,
            #"{"fd":99}"#, #"{"path":"\#(ansim.reference)/coffee.jpg"} x"#,
            #"{"path":"\#(ansim.reference)/coffee.jpg","n":1}"#,
        ]
        let answers = try answers(scan(lines))
        #expect(answers.map { $0["line"] as? Int } == [2, 3, 4, 5, 6, 7, 9, 10, 11, 12], "blank lines name nothing")
        #expect(
            answers.dropLast().allSatisfy { $0["reason"] as? String == "malformedLine" && $0["path"] as? String == "-" }
        )
        #expect(answers.last?["kind"] as? String == "item")
        #expect(answers.dropLast().allSatisfy { $0["detail"] is String })
    }

    @Test func sayWhichLineNamesNoItemAndWhy() throws {
        let lines = [#"{"path":"\#(ansim.reference)/coffee.jpg"}"#, #"{"path":5}"#, #"{"path":""}"#, "{}", "x"]
        let text = try scan(lines, "--format text").lines
        #expect(
            text.contains("undecodable line 2 of standard input: the \"path\" of the line is no text")
                && text.contains("undecodable line 3 of standard input: the \"path\" of the line is empty")
                && text.contains("undecodable line 4 of standard input: the line has no \"path\"")
                && text.contains { $0.hasPrefix("undecodable line 5 of standard input: ") }, "\(text)")
    }

    @Test func areTheSameEveryTimeWithAnyNumberOfWorkers() throws {
        let lines = (0..<300).map { number in
            let file = ExpectedFile.all[number % ExpectedFile.all.count].file
            return #"{"path":"\#(ansim.crawl)/\#(file)","n":\#(number)}"#
        }
        let first = try scan(lines, "--workers 1").output
        for workers in [2, 5] { #expect(try scan(lines, "--workers \(workers)").output == first) }
        #expect(try answers(scan(lines)).compactMap { $0["line"] as? Int } == Array(1...300))
        // And with a ledger, twice.
        for _ in 1...2 {
            _ = try scan(lines, "--output \"$folder/out.jsonl\"")
            #expect(try String(contentsOfFile: ansim.folder.path + "/out.jsonl", encoding: .utf8) == first)
        }
    }

    /// A program that writes a line and waits for its answer gets it.
    @Test(.timeLimit(.minutes(10))) func answerBeforeTheNextLineComes() throws {
        let result = try shell(
            """
            coproc "$ansim" scan --quiet -
            for name in coffee raccoon; do
                echo "{\\"path\\":\\"$reference/$name.jpg\\",\\"name\\":\\"$name\\"}" >&${COPROC[1]}
                while read -r answer <&${COPROC[0]}; do
                    echo "$answer"
                    [[ $answer == *'"kind":"item"'* ]] && break
                done
            done
            exec {COPROC[1]}>&-
            cat <&${COPROC[0]}
            """)
        #expect(try result.records.map { $0["kind"] as? String } == ["match", "item", "match", "item", "summary"])
    }

    @Test func openDescriptorsThatWereLeftOpen() throws {
        let result = try shell(
            """
            exec 7< "$reference/coffee.jpg"
            printf '%s\\n' '{"fd":7,"id":1}' '{"fd":0}' '{"fd":8}' '{"fd":3}' | "$ansim" scan --quiet -
            """)
        let answers = try answers(result)
        #expect(answers.map { $0["kind"] as? String } == ["item", "unexamined", "unexamined", "unexamined"])
        #expect(answers[0]["path"] as? String == "/dev/fd/7" && answers[0]["matches"] as? Int == 1)
    }

    @Test func tellByTheExitStatusWhatHappened() throws {
        let copy = #"{"path":"\#(ansim.reference)/coffee.jpg"}"#
        #expect(try scan([copy]).status == 0)
        #expect(try scan([]).status == 0)
        #expect(try scan([copy], "--fail-on-match").status == 10)
        #expect(try scan([copy, "x"]).status == 2)
        #expect(try shell("\"$ansim\" scan - \"$crawl\" < /dev/null").status == 64)
        #expect(try shell("\"$ansim\" scan - < /dev/null", ).status == 0)
        #expect(try shell("echo '\(copy)' | \"$ansim\" scan - > /dev/full").status == 1)
        #expect(try shell("\"$ansim\" scan --quiet - < \"$folder\"").status == 2, "a folder can't be read")
    }

    /// Lines of a megabyte each, and many: neither is held.
    @Test(.timeLimit(.minutes(10))) func takeBoundedMemory() throws {
        let result = try shell(
            """
            python3 -c '
            import os
            line = "x" * (1 << 20)
            for i in range(200): print(line)
            for i in range(20000): print("{\\"path\\":\\"/none/%d\\"}" % i)
            ' | /bin/bash -c 'ulimit -v 1500000; "$ansim" scan --quiet --workers 1 - > "$folder/out"; echo $?; wc -l < "$folder/out"'
            """)
        #expect(result.lines == ["2", "20201"], "\(result.errors)")
    }

    // MARK: - Distributed engines

    private func listOfTheCrawl() throws -> Set<String> {
        _ = try shell(
            #"cd "$crawl" && find . -type f | sort | sed "s|^\./\(.*\)|{\"path\":\"$crawl/\1\",\"id\":\"\1\"}|" > "$folder/list""#
        )
        return Set(ExpectedFile.all.map(\.file))
    }

    /// Mappers over parts of the input, a sort between, a reducer: as Hadoop streaming runs them.
    @Test func runAsMappersOfAShellPipe() throws {
        let files = try listOfTheCrawl()
        let result = try shell(
            """
            cd "$folder" && split -n l/3 list part.
            for part in part.*; do
                "$ansim" scan --quiet --workers 1 - < $part > $part.out; status=$?
                [[ $status == 0 || $status == 2 ]] || exit 1
            done
            cat part.*.out | grep -v '"kind":"summary"' | sort
            """)
        #expect(result.status == 0)
        let ids = try answers(result).compactMap { ($0["given"] as? [String: Any])?["id"] as? String }
        #expect(ids.count == files.count && Set(ids) == files)
        let whole = try shell(#""$ansim" scan --quiet - < "$folder/list" | grep -c '"kind":"match"'"#)
        let matches = try result.records.filter { $0["kind"] as? String == "match" }.count
        #expect(Int(whole.lines[0]) == matches && matches > 30)
    }

    @Test func runUnderGNUParallel() throws {
        let files = try listOfTheCrawl()
        let result = try shell(
            """
            parallel --will-cite --pipepart -a "$folder/list" --block 1k --keep-order --jobs 2 \\
                '"$ansim" scan --quiet --workers 1 - || [ $? = 2 ]'
            """)
        #expect(result.status == 0, "\(result.errors)")
        let ids = try answers(result).compactMap { ($0["given"] as? [String: Any])?["id"] as? String }
        #expect(ids == files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, "in the list's order")
    }
}

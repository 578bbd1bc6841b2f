import Foundation
import TestSupport
import Testing

/// What makes a command easy to type and to look up.
@Suite struct Shells {
    private let ansim = Tool()

    private static func isInstalled(_ name: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + name)
    }

    private func script(_ shell: String) throws -> String {
        let result = try ansim("--generate-completion-script", shell)
        #expect(result.status == 0)
        return try ansim.folder.write(Data(result.output.utf8), to: "completion.\(shell)").path
    }

    /// A folder with the command, so that shells find it by its name.
    private var path: [String: String] {
        ["PATH": Paths.product("ansim").deletingLastPathComponent().path + ":/usr/bin:/bin"]
    }

    @Test func completeInBash() throws {
        let script = try script("bash")
        for (line, word, expected) in [
            ("ansim re", "re", ["register", "registry", "rematch", "report"]),
            ("ansim case st", "st", ["state", "stats"]),
            ("ansim report --lan", "--lan", ["--language"]), ("ansim report --language ", "", ["en", "ko"]),
        ] {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            let command = """
                source '\(script)'; COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                COMP_LINE='\(line)'; COMP_POINT=\(line.count); _ansim ansim '\(word)' '\(words[words.count - 2])'
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let result = try run(URL(filePath: "/bin/bash"), ["-c", command], environment: path)
            let words_ = Set(result.lines.map { $0.trimmingCharacters(in: .whitespaces) })
            #expect(words_.isSuperset(of: expected), "\(line): \(result.output) \(result.errors)")
        }
    }

    @Test(.enabled(if: isInstalled("fish"))) func completeInFish() throws {
        let script = try script("fish")
        for (line, expected) in [
            ("ansim re", ["register", "registry", "rematch", "report"]), ("ansim case st", ["state", "stats"]),
            ("ansim report --lan", ["--language"]), ("ansim report --language ", ["en", "ko"]),
        ] {
            let result = try run(
                URL(filePath: "/usr/bin/fish"), ["--no-config", "-c", "source '\(script)'; complete -C '\(line)'"],
                environment: path.merging(["HOME": ansim.folder.path]) { $1 })
            let words = Set(result.lines.map { String($0.split(separator: "\t")[0]) })
            #expect(words.isSuperset(of: expected), "\(line): \(result.output) \(result.errors)")
        }
    }

    @Test(.enabled(if: isInstalled("zsh"))) func completeInZsh() throws {
        let folder = ansim.folder.path
        try FileManager.default.moveItem(atPath: script("zsh"), toPath: folder + "/_ansim")
        // A shell within the shell, in which the tab key is pressed.
        let command = """
            zmodload zsh/zpty; export TERM=dumb; zpty -b z "zsh -f -i"
            zpty -w z "fpath=('\(folder)' \\$fpath); autoload -U compinit; compinit -u -D; PS1=; LISTMAX=1000; bindkey '^I' complete-word; echo rea''dy"
            while zpty -r z line && [[ $line != *ready* ]]; do :; done
            zpty -n -w z $'ansim case sta\t\t'; sleep 2; zpty -n -w z $'\nexit\n'; sleep 1; while zpty -r -t z line; do print -r -- $line; done
            """
        let result = try run(
            URL(filePath: "/usr/bin/zsh"), ["-f", "-c", command],
            environment: path.merging(["HOME": folder]) { $1 })
        #expect(result.output.contains("state") && result.output.contains("stats"), "\(result.output) \(result.errors)")
    }

    /// Every command says what it does and shows how it is used.
    @Test func showExamplesOfEveryCommand() throws {
        let dump = try ansim("--experimental-dump-help").output
        let root = try #require(try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any])
        var count = 0
        func check(_ command: [String: Any], _ path: [String]) {
            let name = command["commandName"] as? String ?? ""
            guard name != "help" else { return }
            let subcommands = command["subcommands"] as? [[String: Any]] ?? []
            if !path.isEmpty {
                let words = (path.dropFirst() + [name]).joined(separator: " ")
                let text = command["discussion"] as? String ?? ""
                #expect(text.contains("ansim \(words)"), "\(words)")
                #expect((command["abstract"] as? String)?.isEmpty == false)
                count += 1
            }
            for subcommand in subcommands { check(subcommand, path + [name]) }
        }
        check(try #require(root["command"] as? [String: Any]), [])
        #expect(count > 20)
    }

    @Test func sayWhichCommandIsMistyped() throws {
        for (arguments, text) in [
            (["regster", "--case", "x", "y"], "There is no command \"ansim regster\". Did you mean ansim register?"),
            (
                ["case", "sate", "--case", "x"],
                "There is no command \"ansim case sate\". Did you mean ansim case state?"
            ),
            (["xyzzy"], "There is no command \"ansim xyzzy\". There are: register, scan, "),
        ] {
            let result = try ansim(arguments)
            #expect(result.status == 64 && result.errors.contains(text), "\(result.errors)")
        }
        #expect(try ansim("help", "scan").status == 0)
        #expect(try ansim("--help").status == 0)
    }

    @Test(.enabled(if: isInstalled("groff"))) func readTheManualPage() throws {
        let page = try run(
            Paths.root.appending(path: "scripts/make-man"), [Paths.product("ansim").path])
        #expect(page.status == 0)
        let file = try ansim.folder.write(Data(page.output.utf8), to: "ansim.1").path
        let shown = try run(URL(filePath: "/usr/bin/groff"), ["-man", "-Tutf8", "-ww", file])
        #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
        for part in ["verify", "case request", "fail", "ANSIM_REGISTRY"] { #expect(shown.output.contains(part)) }
    }
}

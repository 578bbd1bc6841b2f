import ArgumentParser
import Foundation
import MediaModel
import Mustache
import Registry

struct CaseRequestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Write the text of a deletion request to a host, for a person to check and send.",
        discussion: """
            Lists what a person confirmed at this host, and what came back; of one case, which must be named when several \
            were found there. Nothing is sent, and no state is set. The text is made from a template (Mustache); \
            --print-template shows the usual one, --template takes your own.

            Example:
              ansim case request --host host.example --case 2026-017 --language ko --output r.txt
            """)

    enum Language: String, ExpressibleByArgument, CaseIterable { case en, ko }

    @Option(help: "The host, as in the URLs.") var host: String?
    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Of this case; needed when several were found at the host.", valueName: "id"),
        transform: parseCase)
    var caseID: CaseID?
    @Option(help: "Of the usual template.") var language = Language.en
    @Option(help: "A file with a template of your own.", completion: .file()) var template: String?
    @Option(parsing: .singleValue, help: "States to list; may be given several times. Default: confirmed and back.")
    var state: [StateArgument] = []
    @Option(help: "The new file to write to. Default: standard output.", completion: .file()) var output: String?
    @Flag(help: "Replace the output file if there is one; what was edited in it is lost.") var overwrite = false
    @Flag(help: "Print the usual template and do nothing else.") var printTemplate = false
    @OptionGroup var options: RegistryOptions

    func validate() throws {
        guard printTemplate || host != nil else { throw ValidationError("Name the host (--host).") }
    }

    func run() throws {
        let usual = language == .ko ? RequestTemplates.korean : RequestTemplates.english
        if printTemplate { return try say(usual) }
        let host = host!.lowercased()
        let states = state.isEmpty ? [FindingState.confirmed, .back] : state.map(\.state)
        let all = try options.open(.reading).findings(of: caseID, host: host)
        let findings = all.filter { states.contains($0.state) }
        guard !findings.isEmpty else {
            throw RunFailure(
                all.isEmpty
                    ? "Nothing was found at \(printable(host))."
                    : "Of \(all.count) findings at \(printable(host)) none is \(states.map(\.rawValue).joined(separator: " or ")). Have a person look, and set their state (`ansim case state`)."
            )
        }
        let cases = Set(findings.map(\.caseID)).sorted().map { printable($0.rawValue) }
        guard cases.count == 1 else {
            throw RunFailure(
                "Findings of \(cases.count) cases are at \(printable(host)): \(cases.joined(separator: ", ")). A request is about one: name it with --case."
            )
        }
        let text = try render(usual, host: host, findings)
        let file = try LineOutput(path: output, overwrites: overwrite, replacing: [])
        try file.write(bytes: Array(text.utf8))
        try file.close()
        if let output {
            note(
                "\(output) asks for the removal of \(Progress.count(findings.count, "URL", "URLs")). Check it and send it yourself; then set their state to requested."
            )
        }
    }

    private func render(_ usual: String, host: String, _ findings: [Finding]) throws -> String {
        let source: String
        if let template {
            do { source = try String(contentsOf: URL(filePath: template), encoding: .utf8) } catch {
                throw RunFailure("\(template) can't be read as text (UTF-8).")
            }
        } else {
            source = usual
        }
        let parsed: MustacheTemplate
        do {
            parsed = try MustacheTemplate(string: Self.textMark + source)
        } catch let error as MustacheTemplate.ParserError {
            throw RunFailure(Self.explained(error))
        } catch {
            throw RunFailure("The template can't be read as Mustache.")
        }
        let listed: [[String: Any]] = findings.enumerated().map { number, finding in
            [
                "number": number + 1, "url": printable(finding.place), "case": printable(finding.caseID.rawValue),
                "state": finding.state.rawValue, "time": finding.found, "stateTime": finding.time,
                "isBack": finding.state == .back,
                "files": Set(finding.pairs.map(\.sha256.description)).sorted().map { ["sha256": $0] },
                "references": Set(finding.pairs.map(\.reference)).sorted().map { ["number": $0.description] },
            ]
        }
        let context: [String: Any] = [
            "host": printable(host), "count": findings.count, "date": String(Registry.currentTime.prefix(10)),
            "findings": listed,
        ]
        return parsed.render(context)
    }

    /// Values are put in as they are, not escaped for HTML.
    private static let textMark = "{{% CONTENT_TYPE: TEXT}}"

    private static func explained(_ error: MustacheTemplate.ParserError) -> String {
        let (line, mark) = (error.context.lineNumber, error.context.line)
        let column = error.context.columnNumber - (line == 1 ? textMark.count : 0)
        let why =
            switch error.error as? MustacheTemplate.Error {
            case .sectionCloseNameIncorrect: "a section ({{#name}}) is closed under another name"
            case .unfinishedName, nil: "a tag is not closed with }}"
            case .expectedSectionEnd: "a section ({{#name}}) is never closed ({{/name}})"
            default: "a tag is not one of Mustache"
            }
        let text = line == 1 && mark.hasPrefix(textMark) ? String(mark.dropFirst(textMark.count)) : mark
        return
            "The template can't be used: \(why), line \(line), column \(max(1, column)): \(printable(text)). --print-template shows one that can."
    }
}

/// What a centre that has no template of its own starts from. What stands in brackets a person fills in.
enum RequestTemplates {
    static let english = """
        To: {{host}} (abuse and legal contacts)
        Date: {{date}}
        Subject: Request to remove {{count}} URL(s) with intimate images published without consent

        We are [name of the centre], which supports victims of image-based abuse, and act on behalf of the person shown.
        The files at the addresses below show this person and were published without consent. A member of our staff has
        checked each of them. We ask you

        1. to remove them, with all copies and previews, without delay;
        2. to keep the same files from being uploaded again (their SHA-256 is given below);
        3. to tell us when it is done.

        Legal basis: [law that applies to the host]

        {{#findings}}
        {{number}}. {{url}}
           found {{time}}{{#isBack}}, and again {{stateTime}}, after it had been removed{{/isBack}}
        {{#files}}
           SHA-256 {{sha256}}
        {{/files}}
        {{/findings}}

        Please do not open, forward or publish the files. For questions: [name, telephone, e-mail].

        """

    static let korean = """
        수신: {{host}} (불법촬영물 등 신고·법무 담당자)
        날짜: {{date}}
        제목: 동의 없이 게시된 성적 촬영물 등 삭제 요청 ({{count}}건)

        저희는 디지털 성범죄 피해자를 지원하는 [기관명]이며, 피해자의 위임을 받아 연락드립니다.
        아래 주소의 파일은 피해자를 담은 것으로 동의 없이 게시되었으며, 담당자가 한 건씩 직접 확인하였습니다.
        다음 사항을 요청드립니다.

        1. 해당 파일과 모든 사본, 미리보기를 지체 없이 삭제해 주시기 바랍니다.
        2. 같은 파일이 다시 게시되지 않도록 조치해 주시기 바랍니다(아래 SHA-256 값 참조).
        3. 조치가 끝나면 회신해 주시기 바랍니다.

        근거 법령: [적용 법령]

        {{#findings}}
        {{number}}. {{url}}
           발견 시각 {{time}}{{#isBack}} (삭제 후 재게시: {{stateTime}}){{/isBack}}
        {{#files}}
           SHA-256 {{sha256}}
        {{/files}}
        {{/findings}}

        파일을 열람하거나 전달, 공개하지 말아 주십시오. 문의: [담당자 성명, 전화, 전자우편]

        """
}

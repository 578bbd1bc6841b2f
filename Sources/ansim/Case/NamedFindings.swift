import Foundation
import Registry

/// The findings of a case by what people call them: a number, a URL or a path, as `case show`, a scan's text, a browser or
/// a shell has it.
struct NamedFindings {
    private let findings: [Finding]

    init(_ findings: [Finding]) { self.findings = findings }

    /// - Throws: `RegistryError.unknownPlace`, and when several are meant.
    func callAsFunction(_ text: String) throws -> Finding {
        let names = Self.names(of: text)
        let decoded = names.map(Self.decoded)
        let isMeant: [(Finding) -> Bool] = [
            { $0.place == text }, { $0.id == Int64(text) }, { names.contains($0.place) },
            { printable($0.place) == text }, { decoded.contains(Self.decoded($0.place)) },
        ]
        for rule in isMeant {
            let found = findings.filter(rule)
            guard found.count < 2 else {
                throw RunFailure(
                    "\"\(printable(text))\" can mean the findings \(found.map { String($0.id) }.joined(separator: ", ")). Give the number. Nothing was changed."
                )
            }
            if let only = found.first { return only }
        }
        throw RegistryError.unknownPlace(printable(text))
    }

    /// What a text may stand for: a scan's text has the URL behind the path, in brackets.
    private static func names(of text: String) -> [String] {
        var names = [Self.place(url: text), Self.place(path: text)]
        if text.hasSuffix(")"), let bracket = text.range(of: " (", options: .backwards) {
            names.append(Self.place(url: String(text[bracket.upperBound...].dropLast())))
            names.append(Self.place(path: String(text[..<bracket.lowerBound])))
        }
        return names
    }

    private static func decoded(_ place: String) -> String {
        place.contains("://") ? place.removingPercentEncoding ?? place : place
    }

    /// What a URL's finding is called: the part behind `#` never reaches a server.
    static func place(url: String) -> String { String(url.prefix { $0 != "#" }) }

    /// What a path's finding is called: absolute, a member of an archive behind `!/`.
    static func place(path: String, in folder: String? = PathArguments.workingFolder) -> String {
        guard let mark = path.range(of: "!/") else { return PathArguments.absolute(path, in: folder) }
        return place(path: String(path[..<mark.lowerBound]), member: String(path[mark.upperBound...]), in: folder)
    }

    static func place(path: String, member: String?, in folder: String?) -> String {
        PathArguments.absolute(path, in: folder) + (member.map { "!/" + $0 } ?? "")
    }
}

import Foundation
import MediaModel
import Registry

/// The findings of a case by what people call them: a number, a URL or a path, as `case show`, a scan's text, a browser or
/// a shell has it.
struct NamedFindings {
    private let findings: [Finding]

    init(_ findings: [Finding]) { self.findings = findings }

    /// - Parameter argument: its bytes, because paths need not be UTF-8.
    /// - Throws: `RegistryError.unknownPlace`, and when several are meant.
    func callAsFunction(_ argument: [UInt8]) throws -> Finding {
        let text = String(decoding: argument, as: UTF8.self)
        let names = Self.names(of: argument)
        let decoded = names.map(Self.decoded)
        let repaired = names.map(Self.repaired)
        let isMeant: [(Finding) -> Bool] = [
            { $0.place == text }, { $0.id == Int64(text) }, { names.contains($0.place) },
            { printable($0.place) == text }, { decoded.contains(Self.decoded($0.place)) },
            { repaired.contains(Self.repaired($0.place)) },
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

    /// What an argument may stand for: the bytes of a name, or a name as it is printed; a scan's text has the URL behind
    /// the path, in brackets.
    private static func names(of argument: [UInt8]) -> [String] {
        [argument, PrintedName.bytes(argument)].flatMap { name in
            var names = [place(url: String(decoding: name, as: UTF8.self)), place(path: name)]
            if name.last == UInt8(ascii: ")"), let bracket = name.ranges(of: " (".utf8).last {
                names.append(place(url: String(decoding: name[bracket.upperBound...].dropLast(), as: UTF8.self)))
                names.append(place(path: Array(name[..<bracket.lowerBound])))
            }
            return names
        }
    }

    private static func decoded(_ place: String) -> String {
        place.contains("://") ? place.removingPercentEncoding ?? place : place
    }

    /// As the `path` of records has it.
    private static func repaired(_ place: String) -> String {
        String(decoding: PrintedName.bytes(Array(place.utf8)), as: UTF8.self)
    }

    /// What a URL's finding is called: the part behind `#` never reaches a server.
    static func place(url: String) -> String { String(url.prefix { $0 != "#" }) }

    /// What a path's finding is called: absolute, a member of an archive behind `!/`.
    private static func place(path: [UInt8]) -> String {
        let folder = PathArguments.workingFolder
        guard let mark = path.firstRange(of: "!/".utf8) else { return place(path: path, member: nil, in: folder) }
        return place(path: Array(path[..<mark.lowerBound]), member: Array(path[mark.upperBound...]), in: folder)
    }

    /// Of different bytes the names are different ones.
    static func place(path: [UInt8], member: [UInt8]?, in folder: [UInt8]?) -> String {
        PrintedName.text(PathArguments.absolute(path, in: folder))
            + (member.map { "!/" + PrintedName.text($0) } ?? "")
    }
}

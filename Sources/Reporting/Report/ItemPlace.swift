import MediaModel

/// Where an item was found, as a report groups it.
package enum ItemPlace: Sendable, Hashable {
    /// Of its URL, lower case, with the port if there is one.
    case host(String)
    /// Of an item without a URL; as the record has it, empty for the working folder.
    case folder(String)

    package init(_ record: ReadRecord) {
        if let host = record.url.flatMap(Self.host) {
            self = .host(host)
        } else {
            self = .folder(Self.folder(PrintedName.text(record.exactPath)))
        }
    }

    package var name: String {
        switch self {
        case .host(let name): name
        case .folder(let name): name.isEmpty ? "." : name
        }
    }

    /// Nil for what is no URL with a host. What stands before an `@` is a user's name, not the host.
    package static func host(of url: String) -> String? {
        guard let scheme = url.utf8.firstIndex(of: UInt8(ascii: ":")), url[scheme...].hasPrefix("://") else {
            return nil
        }
        let rest = url[url.utf8.index(scheme, offsetBy: 3)...].utf8
        let authority = rest.prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\")
        }
        let host =
            authority.lastIndex(of: UInt8(ascii: "@")).map { authority[authority.index(after: $0)...] } ?? authority
        let name = String(Substring(host)).lowercased()
        return name.isEmpty ? nil : name
    }

    /// The folder of a URL without its query, or of a path; up to the last slash.
    static func folder(of record: ReadRecord) -> String {
        guard let url = record.url else { return folder(PrintedName.text(record.exactPath)) }
        return folder(String(url.prefix { $0 != "?" && $0 != "#" }))
    }

    private static func folder(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

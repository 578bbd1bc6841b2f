/// Names of files as people read them: text of which the bytes can be told again.
///
/// Bytes that are not UTF-8 are written as `\x{e9}`, so that names in other encodings stay different; what could move a
/// terminal's cursor or forge a line as `\u{1b}`; the backslash of a name that itself reads like one of these as
/// `\u{5c}`.
public enum PrintedName {
    private static let backslash = UInt8(ascii: "\\")

    /// A name as text, one for each sequence of bytes; UTF-8 stays as it is, unless it reads like an escape.
    public static func text(_ name: [UInt8]) -> String {
        if !name.contains(backslash), let text = String(validating: name, as: UTF8.self) { return text }
        var text = ""
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = name.makeIterator()
        var at = 0
        while true {
            switch parser.parseScalar(from: &bytes) {
            case .valid(let scalar):
                if name[at] == backslash, isEscapeMark(name.dropFirst(at + 1)) {
                    text += "\\u{5c}"
                } else {
                    text.unicodeScalars.append(Unicode.UTF8.decode(scalar))
                }
                at += scalar.count
            case .error(let length):
                for byte in name[at..<at + length] { text += "\\x{" + String(byte, radix: 16) + "}" }
                at += length
            case .emptyInput: return text
            }
        }
    }

    /// Text for a terminal: what could move its cursor or forge a line is written as `\u{1b}`.
    public static func visible(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// The name that was printed: takes back what `text` and `visible` did.
    public static func bytes(_ printed: [UInt8]) -> [UInt8] {
        guard printed.contains(backslash) else { return printed }
        var name: [UInt8] = []
        var at = 0
        while at < printed.count {
            if printed[at] == backslash, let escape = escape(printed[(at + 1)...]) {
                name += escape.bytes
                at = escape.end
            } else {
                name.append(printed[at])
                at += 1
            }
        }
        return name
    }

    private static func isEscapeMark(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.starts(with: "u{".utf8) || rest.starts(with: "x{".utf8)
    }

    /// What an escape stands for, and where it ends. - Parameter rest: behind its backslash.
    private static func escape(_ rest: ArraySlice<UInt8>) -> (bytes: [UInt8], end: Int)? {
        guard isEscapeMark(rest), let close = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let digits = rest[(rest.startIndex + 2)..<close]
        // An integer may have a sign, an escape may not.
        guard (1...6).contains(digits.count), digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        if rest.first == UInt8(ascii: "x") { return UInt8(exactly: value).map { ([$0], close + 1) } }
        return Unicode.Scalar(value).map { (Array(String($0).utf8), close + 1) }
    }
}

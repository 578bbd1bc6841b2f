/// Writes one JSON object, keys in the order in which they are put; absent values are left out.
package struct JSONObject {
    package private(set) var text = "{"

    package init() {}

    package mutating func put(_ key: String, _ value: String?) {
        guard let value else { return }
        start(key)
        text += JSONObject.quoted(value)
    }

    package mutating func put(_ key: String, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        start(key)
        text += String(value)
    }

    package mutating func put(_ key: String, _ value: Bool) {
        start(key)
        text += value ? "true" : "false"
    }

    /// - Parameter json: an object or an array, already text.
    package mutating func put(_ key: String, json: String) {
        start(key)
        text += json
    }

    package var line: String { text + "}" }

    private mutating func start(_ key: String) {
        if text.utf8.count > 1 { text += "," }
        text += "\"" + key + "\":"
    }

    /// RFC 8259: quotes, backslashes and control characters escaped, all else as UTF-8.
    package static func quoted(_ value: String) -> String {
        var out = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

import JSONFields

/// A record of a list: small, whatever the list's size.
enum JSONValue {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    /// As it is written.
    case number(String)
    case flag(Bool)
    case null

    /// Values within one record, at most: a video has one a frame.
    static let maximumValues = 4_000_000

    init(_ reader: inout JSONReader, budget: inout Int) throws(MalformedRecord) {
        budget -= 1
        guard budget >= 0 else { throw MalformedRecord() }
        switch try reader.peek() {
        case UInt8(ascii: "{"):
            var (members, left) = ([String: JSONValue](), budget)
            try reader.object { (key, reader) throws(MalformedRecord) in
                // Which of two is meant, nobody knows.
                guard members.updateValue(try JSONValue(&reader, budget: &left), forKey: key) == nil else {
                    throw MalformedRecord()
                }
            }
            (self, budget) = (.object(members), left)
        case UInt8(ascii: "["):
            var (elements, left) = ([JSONValue](), budget)
            try reader.array { (reader) throws(MalformedRecord) in
                elements.append(try JSONValue(&reader, budget: &left))
            }
            (self, budget) = (.array(elements), left)
        case UInt8(ascii: "\""): self = .string(try reader.string())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .flag(try reader.flag())
        case UInt8(ascii: "n"):
            try reader.skip()
            self = .null
        default: self = .number(try reader.number())
        }
    }

    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[key] else { return nil }
        if case .null = value { return nil }
        return value
    }

    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    /// Of a text or a number: exchanges write identifiers both ways.
    var name: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    var decimal: Double? { if case .number(let text) = self { Double(text) } else { nil } }
    /// Texts of an array; nil when it holds something else.
    var texts: [String]? {
        guard let elements else { return nil }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? texts : nil
    }
}

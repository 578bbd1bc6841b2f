/// The members of one JSON object, in their order, each value as the text that stood there.
///
/// For what crawlers write beside media: strict (RFC 8259), bounded in depth, never slower than linear, and without
/// Foundation.
public struct JSONFields: Sendable {
    /// In order; a key may come twice.
    public let members: [(key: String, value: ArraySlice<UInt8>)]

    /// - Throws: what is wrong, for people.
    public init(_ text: ArraySlice<UInt8>) throws(JSONProblem) {
        guard String(validating: text, as: UTF8.self) != nil else { throw JSONProblem("is not UTF-8") }
        var scanner = JSONScanner(text)
        members = try scanner.object()
    }

    /// The first value of a key.
    public subscript(key: String) -> ArraySlice<UInt8>? { members.first { $0.key == key }?.value }

    /// A text; nil when the key is missing or holds something else.
    public func text(_ key: String) -> String? {
        guard let value = self[key], value.first == UInt8(ascii: "\"") else { return nil }
        return JSONScanner.decoded(value)
    }

    /// The first of these keys that holds a text with something in it.
    public func text(firstOf keys: [String]) -> String? {
        keys.lazy.compactMap { text($0) }.first { !$0.isEmpty }
    }

    /// A number without fraction; nil when the key is missing or holds something else.
    public func integer(_ key: String) -> Int? { self[key].flatMap { Int(String(decoding: $0, as: UTF8.self)) } }

    /// An object; nil when the key is missing or holds something else.
    public func object(_ key: String) -> JSONFields? {
        guard let value = self[key], value.first == UInt8(ascii: "{") else { return nil }
        return try? JSONFields(value)
    }
}

/// Why a text is no JSON object.
public struct JSONProblem: Error, Hashable, Sendable {
    /// Goes on after "it".
    public let text: String

    init(_ text: String) { self.text = text }
}

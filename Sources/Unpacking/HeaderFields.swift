/// The named fields of a WARC record or of an HTTP message.
struct HeaderFields {
    private var fields: [(name: String, value: String)] = []

    /// Bytes of all fields together.
    static let maximumCount = 1 << 17

    /// The first value of a field; names in lower case.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// A value whose quotes or angle brackets are left out.
    func address(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        return value.hasPrefix("<") && value.hasSuffix(">") ? String(value.dropFirst().dropLast()) : value
    }

    /// Reads up to the empty line. Nil when there is none within the bounds.
    init?(_ input: RecordInput, left: inout Int64) throws(UnpackProblem) {
        var total = 0
        while true {
            guard let line = try input.line(left: &left) else { return nil }
            if line.isEmpty { return }
            total += line.count
            guard total <= Self.maximumCount else { return nil }
            if line[0] == 0x20 || line[0] == 0x09 {
                // A long value goes on here.
                guard !fields.isEmpty else { continue }
                fields[fields.count - 1].value += " " + Self.trimmed(line[...])
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                fields.append((Self.trimmed(line[..<colon]).lowercased(), Self.trimmed(line[(colon + 1)...])))
            }
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let space: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = bytes.firstIndex(where: { !space($0) }), let last = bytes.lastIndex(where: { !space($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

import JSONFields

/// One JSON text: a record, an array of records, an exchange's page of them, or an object of them by their names.
struct ListDocument {
    private var reader: JSONReader

    /// Where pages have their records: StopNCII, ThreatExchange, NCMEC.
    private static let pageKeys: Set<String> = ["hashRecords", "data", "updates"]

    init(_ bytes: UnsafeBufferPointer<UInt8>) { reader = JSONReader(bytes) }

    /// Bytes that were read.
    var offset: Int { reader.offset }

    /// Hands on each entry with where it begins, or nil for a record that is none.
    ///
    /// - Returns: whether no page is said to follow.
    /// - Throws: `MalformedRecord` when it is no JSON, and what `body` throws.
    mutating func read(_ body: (Int, ListedEntry?) throws -> Void) throws -> Bool {
        var isAll = true
        if try reader.peek() == UInt8(ascii: "[") {
            var texts: [JSONValue] = []
            try elements { offset, value in
                // An array of texts is a video's frames.
                if case .string = value { return texts.append(value) }
                if let page = value["hashRecords"]?.elements ?? value["data"]?.elements ?? value["updates"]?.elements {
                    isAll = value["hasMoreRecords"]?.flag != true
                    for record in page { try body(offset, try? ListedEntry(record)) }
                } else {
                    try body(offset, try? ListedEntry(value))
                }
            }
            if !texts.isEmpty { try body(0, try? Self.video(.array(texts))) }
        } else {
            isAll = try object(body)
        }
        try reader.end()
        return isAll
    }

    private mutating func object(_ body: (Int, ListedEntry?) throws -> Void) throws -> Bool {
        let start = reader.offset
        var (members, isPage, budget) = ([String: JSONValue](), false, JSONValue.maximumValues)
        var failure: (any Error)?
        do {
            try reader.object { (key, reader) throws(MalformedRecord) in
                if Self.pageKeys.contains(key), try reader.peek() == UInt8(ascii: "[") {
                    isPage = true
                    do { try Self.elements(&reader, body) } catch {
                        failure = error
                        throw MalformedRecord()
                    }
                } else if members.updateValue(try JSONValue(&reader, budget: &budget), forKey: key) != nil {
                    throw MalformedRecord()
                }
            }
        } catch { throw failure ?? error }
        if isPage { return JSONValue.object(members)["hasMoreRecords"]?.flag != true }
        if VPDQForms.isByFrame(members) {
            try body(start, try? Self.video(.object(members)))
        } else if !members.isEmpty, members.values.allSatisfy({ if case .object = $0 { true } else { false } }) {
            for (_, value) in members.sorted(by: { $0.key < $1.key }) { try body(start, try? ListedEntry(value)) }
        } else {
            try body(start, try? ListedEntry(.object(members)))
        }
        return true
    }

    private static func elements(
        _ reader: inout JSONReader, _ body: (Int, ListedEntry?) throws -> Void
    ) throws {
        var document = ListDocument(reader)
        defer { reader = document.reader }
        try document.elements { offset, value in try body(offset, try? ListedEntry(value)) }
    }

    private init(_ reader: JSONReader) { self.reader = reader }

    /// The values of an array.
    private mutating func elements(_ body: (Int, JSONValue) throws -> Void) throws {
        var failure: (any Error)?
        do {
            try reader.array { (reader) throws(MalformedRecord) in
                _ = try reader.peek()
                let offset = reader.offset
                var budget = JSONValue.maximumValues
                let value = try JSONValue(&reader, budget: &budget)
                do { try body(offset, value) } catch {
                    failure = error
                    throw MalformedRecord()
                }
            }
        } catch { throw failure ?? error }
    }

    private static func video(_ value: JSONValue) throws(MalformedRecord) -> ListedEntry {
        var entry = ListedEntry()
        entry.signals = [.video(try VPDQForms.frames(value))]
        return entry
    }
}

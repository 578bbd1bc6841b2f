/// A record's bytes after its header, as long as it says, or as they are.
struct RecordBlock {
    private let input: RecordInput
    private let record: WARCRecord
    private(set) var left: Int64
    /// Of the payload, where an HTTP head states it.
    private var payloadLeft: Int64?
    private var isOver = false
    var problem: String?
    /// What the HTTP message lacks.
    private(set) var shortfall: String?

    init(_ input: RecordInput, _ record: WARCRecord) {
        (self.input, self.record, left) = (input, record, record.length)
    }

    /// Some of the next bytes; nil at the end of the block or of the payload. They are taken with `advance`.
    mutating func next() throws(UnpackProblem) -> UnsafeRawBufferPointer? {
        guard !isOver, left > 0, payloadLeft ?? 1 > 0 else { return nil }
        let bytes = try input.peek(Int(min(left, payloadLeft ?? left, 1 << 18)))
        guard !bytes.isEmpty else {
            isOver = true
            problem = problem ?? "cut off: \(record.length - left) of \(record.length) bytes of a record"
            return nil
        }
        // With a stream for each record, the next one's start ends this one, whatever its length says.
        if try input.hasStream(otherThan: record.offset), try input.peekTogether(5).elementsEqual("WARC/".utf8) {
            isOver = true
            problem = problem ?? "wrong length: \(record.length) bytes in a record that has \(record.length - left)"
            return nil
        }
        return bytes
    }

    mutating func advance(_ count: Int) {
        input.advance(count)
        left -= Int64(count)
        if payloadLeft != nil { payloadLeft! -= Int64(count) }
    }

    /// A line; nil when there is none.
    mutating func line() throws(UnpackProblem) -> [UInt8]? { try input.line(left: &left) }
    mutating func fields() throws(UnpackProblem) -> HeaderFields? { try HeaderFields(input, left: &left) }

    /// The payload's length by an HTTP head.
    mutating func expect(_ length: Int64?) {
        guard let length else { return }
        payloadLeft = min(length, left)
        if length > left { shortfall = "its HTTP message has \(length) bytes, its record only \(left) of them" }
    }

    /// Goes to the end of the block, or to where the next record starts.
    mutating func skipRest() throws(UnpackProblem) {
        if let payloadLeft, payloadLeft == 0, left > 0 {
            // The record's length may be wrong rather than the message's.
            let follows = try input.peekTogether(9)
            if follows.elementsEqual("\r\n\r\nWARC/".utf8) {
                problem = problem ?? "wrong length: \(record.length) bytes in a record that has \(record.length - left)"
                return
            }
        }
        payloadLeft = nil
        while let bytes = try next() { advance(bytes.count) }
        guard !isOver else { return }
        let follows = try input.peekTogether(4)
        if !follows.isEmpty, !follows.elementsEqual("\r\n\r\n".utf8), follows.first != 0x0A {
            problem = problem ?? "wrong length: more than \(record.length) bytes in a record"
        }
    }
}

/// The first line and the fields of an HTTP message.
struct HTTPHead {
    let fields: HeaderFields
    /// Of a response; nil where there is none.
    let status: Int?

    /// Nil when the block does not start with one.
    init?(_ block: inout RecordBlock) throws(UnpackProblem) {
        guard let first = try block.line(), let text = String(validating: first, as: UTF8.self) else { return nil }
        let words = text.split(separator: " ")
        guard words.contains(where: { $0.hasPrefix("HTTP/") }), let fields = try block.fields() else { return nil }
        self.fields = fields
        status = words.count > 1 && words[0].hasPrefix("HTTP/") ? Int(words[1]) : nil
    }

    var contentLength: Int64? { fields["content-length"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil } }
}

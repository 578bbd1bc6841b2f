import Glibc

/// A line that is no record.
package struct MalformedRecord: Error, Hashable, Sendable {
    package init() {}
}

/// Reads one JSON text (RFC 8259) from front to back, strictly: what is not JSON to the letter is refused.
///
/// Who uses it checks first that the bytes are UTF-8.
package struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    /// Bytes that were read.
    package var offset: Int { at }
    private var depth = 0

    /// Of objects and arrays in each other.
    private static let maximumDepth = 16

    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// An object; `member` takes each value.
    package mutating func object(
        _ member: (String, inout JSONReader) throws(MalformedRecord) -> Void
    ) throws(MalformedRecord) {
        try enter(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return leave() }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try member(key, &self)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        leave()
    }

    /// An array; `element` takes each value.
    package mutating func array(_ element: (inout JSONReader) throws(MalformedRecord) -> Void) throws(MalformedRecord) {
        try enter(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return leave() }
        repeat { try element(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        leave()
    }

    package mutating func string() throws(MalformedRecord) -> String {
        try expect(UInt8(ascii: "\""))
        let start = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at - 1]), as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedString(Array(bytes[start..<at]))
            case 0..<0x20: throw MalformedRecord()
            default: at += 1
            }
        }
        throw MalformedRecord()
    }

    /// From the first backslash on.
    private mutating func escapedString(_ head: [UInt8]) throws(MalformedRecord) -> String {
        var out = head
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): out += Array(String(try escape()).utf8)
            case 0..<0x20: throw MalformedRecord()
            default: out.append(byte)
            }
        }
        throw MalformedRecord()
    }

    private mutating func escape() throws(MalformedRecord) -> Unicode.Scalar {
        guard at < bytes.count else { throw MalformedRecord() }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let high = try fourDigits()
            guard (0xD800..<0xDC00).contains(high) else {
                guard let scalar = Unicode.Scalar(high) else { throw MalformedRecord() }
                return scalar
            }
            guard takeNow(UInt8(ascii: "\\")), takeNow(UInt8(ascii: "u")) else { throw MalformedRecord() }
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw MalformedRecord() }
            return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))!
        default: throw MalformedRecord()
        }
    }

    private mutating func fourDigits() throws(MalformedRecord) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < bytes.count, let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue else {
                throw MalformedRecord()
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    /// A whole number, written as one.
    package mutating func integer() throws(MalformedRecord) -> Int64 {
        guard let value = Int64(try number()) else { throw MalformedRecord() }
        return value
    }

    package mutating func decimal() throws(MalformedRecord) -> Double {
        guard let value = Double(try number()), value.isFinite else { throw MalformedRecord() }
        return value
    }

    /// A number as it is written.
    package mutating func number() throws(MalformedRecord) -> String {
        skipSpace()
        let start = at
        _ = takeNow(UInt8(ascii: "-"))
        if !takeNow(UInt8(ascii: "0")) { try digits() }
        if takeNow(UInt8(ascii: ".")) { try digits() }
        if takeNow(UInt8(ascii: "e")) || takeNow(UInt8(ascii: "E")) {
            if !takeNow(UInt8(ascii: "+")) { _ = takeNow(UInt8(ascii: "-")) }
            try digits()
        }
        return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at]), as: UTF8.self)
    }

    private mutating func digits() throws(MalformedRecord) {
        let start = at
        while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
        guard at > start else { throw MalformedRecord() }
    }

    package mutating func flag() throws(MalformedRecord) -> Bool {
        if try word("true") { return true }
        if try word("false") { return false }
        throw MalformedRecord()
    }

    /// The byte that the next value starts with.
    package mutating func peek() throws(MalformedRecord) -> UInt8 {
        skipSpace()
        guard at < bytes.count else { throw MalformedRecord() }
        return bytes[at]
    }

    /// Any value, which nobody wants.
    package mutating func skip() throws(MalformedRecord) {
        skipSpace()
        guard at < bytes.count else { throw MalformedRecord() }
        switch bytes[at] {
        case UInt8(ascii: "{"): try object { (_, reader) throws(MalformedRecord) in try reader.skip() }
        case UInt8(ascii: "["): try array { (reader) throws(MalformedRecord) in try reader.skip() }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try flag()
        case UInt8(ascii: "n"): guard try word("null") else { throw MalformedRecord() }
        default: _ = try decimal()
        }
    }

    /// - Throws: when something is left.
    package mutating func end() throws(MalformedRecord) {
        skipSpace()
        guard at == bytes.count else { throw MalformedRecord() }
    }

    private mutating func word(_ word: StaticString) throws(MalformedRecord) -> Bool {
        skipSpace()
        guard bytes.count - at >= word.utf8CodeUnitCount,
            memcmp(bytes.baseAddress! + at, word.utf8Start, word.utf8CodeUnitCount) == 0
        else { return false }
        at += word.utf8CodeUnitCount
        return true
    }

    private mutating func enter(_ byte: UInt8) throws(MalformedRecord) {
        try expect(byte)
        depth += 1
        guard depth <= Self.maximumDepth else { throw MalformedRecord() }
    }

    private mutating func leave() { depth -= 1 }

    private mutating func expect(_ byte: UInt8) throws(MalformedRecord) {
        guard take(byte) else { throw MalformedRecord() }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        return takeNow(byte)
    }

    private mutating func takeNow(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] <= 0x20 {
            guard bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0A || bytes[at] == 0x0D else { return }
            at += 1
        }
    }
}

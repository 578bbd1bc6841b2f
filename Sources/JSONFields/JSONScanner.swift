/// Goes over a JSON text once and checks every byte.
struct JSONScanner {
    private let bytes: ArraySlice<UInt8>
    private var at: Int

    /// Levels of objects and arrays.
    private static let maximumDepth = 64

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, at) = (bytes, bytes.startIndex) }

    /// The whole text as one object.
    mutating func object() throws(JSONProblem) -> [(key: String, value: ArraySlice<UInt8>)] {
        skipSpace()
        guard next == UInt8(ascii: "{") else { throw JSONProblem("is not a JSON object") }
        var members: [(key: String, value: ArraySlice<UInt8>)] = []
        try eachMember { scanner, key throws(JSONProblem) in
            let start = scanner.at
            try scanner.value(depth: 1)
            members.append((Self.decoded(key), scanner.bytes[start..<scanner.at]))
        }
        skipSpace()
        guard at == bytes.endIndex else { throw JSONProblem("goes on after its JSON object") }
        return members
    }

    private var next: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
    }

    private func problem() -> JSONProblem {
        JSONProblem(at == bytes.endIndex ? "ends within its JSON" : "is not JSON at byte \(at - bytes.startIndex + 1)")
    }

    private mutating func take(_ byte: UInt8) throws(JSONProblem) {
        guard next == byte else { throw problem() }
        at += 1
    }

    /// An object from its brace on; `body` takes a value.
    private mutating func eachMember(
        _ body: (inout JSONScanner, ArraySlice<UInt8>) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        try take(UInt8(ascii: "{"))
        skipSpace()
        if next == UInt8(ascii: "}") {
            at += 1
            return
        }
        while true {
            skipSpace()
            let start = at
            try string()
            let key = bytes[start..<at]
            skipSpace()
            try take(UInt8(ascii: ":"))
            skipSpace()
            try body(&self, key)
            skipSpace()
            if next == UInt8(ascii: ",") {
                at += 1
                continue
            }
            return try take(UInt8(ascii: "}"))
        }
    }

    private mutating func value(depth: Int) throws(JSONProblem) {
        guard depth <= Self.maximumDepth else { throw JSONProblem("nests more than \(Self.maximumDepth) levels") }
        switch next {
        case UInt8(ascii: "{"):
            try eachMember { scanner, _ throws(JSONProblem) in try scanner.value(depth: depth + 1) }
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func array(depth: Int) throws(JSONProblem) {
        at += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            at += 1
            return
        }
        while true {
            skipSpace()
            try value(depth: depth + 1)
            skipSpace()
            if next == UInt8(ascii: ",") {
                at += 1
                continue
            }
            return try take(UInt8(ascii: "]"))
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONProblem) {
        for i in 0..<word.utf8CodeUnitCount { try take(word.utf8Start[i]) }
    }

    private mutating func number() throws(JSONProblem) {
        if next == UInt8(ascii: "-") { at += 1 }
        if next == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONProblem) {
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        guard at > start else { throw problem() }
    }

    private mutating func string() throws(JSONProblem) {
        try take(UInt8(ascii: "\""))
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return
            case 0..<0x20: throw problem()
            case UInt8(ascii: "\\"):
                at += 1
                try escape()
            default: at += 1
            }
        }
        throw problem()
    }

    private mutating func escape() throws(JSONProblem) {
        guard let byte = next else { throw problem() }
        guard byte == UInt8(ascii: "u") else {
            guard Self.escapes[byte] != nil else { throw problem() }
            at += 1
            return
        }
        at += 1
        for _ in 0..<4 {
            guard let digit = next, Self.hexDigit(digit) != nil else { throw problem() }
            at += 1
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]

    private static func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case 0x30...0x39: UInt16(byte - 0x30)
        case 0x41...0x46: UInt16(byte - 0x41 + 10)
        case 0x61...0x66: UInt16(byte - 0x61 + 10)
        default: nil
        }
    }

    /// What a checked string says; half a surrogate pair becomes U+FFFD.
    static func decoded(_ quoted: ArraySlice<UInt8>) -> String {
        let inner = quoted.dropFirst().dropLast()
        guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
        var text = ""
        var plain: [UInt8] = []
        var units: [UInt16] = []
        func flush() {
            text += String(decoding: units, as: UTF16.self) + String(decoding: plain, as: UTF8.self)
            (units, plain) = ([], [])
        }
        var at = inner.startIndex
        while at < inner.endIndex {
            guard inner[at] == UInt8(ascii: "\\") else {
                if !units.isEmpty { flush() }
                plain.append(inner[at])
                at += 1
                continue
            }
            let kind = inner[at + 1]
            at += 2
            if kind == UInt8(ascii: "u") {
                if !plain.isEmpty { flush() }
                units.append(inner[at..<at + 4].reduce(0) { $0 << 4 | hexDigit($1)! })
                at += 4
            } else {
                if !units.isEmpty { flush() }
                plain.append(escapes[kind]!)
            }
        }
        flush()
        return text
    }
}

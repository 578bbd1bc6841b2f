/// Writes HTML; what comes from records goes through `text`.
struct HTMLWriter {
    private var buffer: [UInt8] = []
    private let sink: ([UInt8]) throws -> Void

    /// - Parameter sink: takes the bytes, some at a time.
    init(_ sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    /// Markup of ours.
    mutating func markup(_ html: String) throws {
        buffer.append(contentsOf: html.utf8)
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Text of ours or of strangers, for content and for attributes in double quotes.
    mutating func text(_ text: String) throws {
        buffer.append(contentsOf: Self.escaped(text).utf8)
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Text of strangers, kept apart from what stands beside it, whatever direction it is written in.
    mutating func strange(_ text: String) throws {
        try markup("<bdi>")
        try self.text(text)
        try markup("</bdi>")
    }

    mutating func flush() throws {
        try sink(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    static func escaped(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            (0x20..<0x7F).contains($0) && ![0x22, 0x26, 0x27, 0x3C, 0x3E, 0x60].contains($0)
        }
        if isPlain { return text }
        return text.unicodeScalars.reduce(into: "") { out, scalar in
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "`": out += "&#96;"
            case _ where VisibleText.isHidden(scalar): out += "[" + VisibleText.name(scalar) + "]"
            default: out.unicodeScalars.append(scalar)
            }
        }
    }
}

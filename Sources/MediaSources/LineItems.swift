import Glibc
import JSONFields
import MediaModel

/// Items that another program names, one JSON object a line: `path` (or `fd`, a descriptor that it left open), and
/// whatever else it wants to have back. `docs/worker-contract.md` has the rules.
public final class LineItems: IteratorProtocol, WaitingSource {
    private var reader: LineReader
    private let descriptors: Set<Int>
    private let isStopped: () -> Bool
    private var line = 0

    /// Bytes of a line.
    public static let maximumLine = 1 << 18

    /// - Parameters:
    ///   - input: the descriptor to read lines from.
    ///   - descriptors: those that `fd` may name.
    ///   - isStopped: asked while there is nothing to read.
    public init(input: Int32, descriptors: Set<Int> = [], isStopped: @escaping () -> Bool) {
        reader = LineReader(descriptor: input, maximumCount: Self.maximumLine)
        (self.descriptors, self.isStopped) = (descriptors, isStopped)
    }

    public var isReady: Bool {
        if reader.hasLine { return true }
        reader.fill(milliseconds: 0)
        return reader.hasLine
    }

    public func next() -> SourceItem? {
        while !isStopped() {
            if let text = reader.next() {
                line += 1
                if let item = item(text) { return item }
            } else if reader.isAtEnd {
                return failedEnd()
            } else {
                reader.fill(milliseconds: 100)
            }
        }
        return nil
    }

    private var isOver = false

    /// A read error is no end of the items: it is told once, as an item.
    private func failedEnd() -> SourceItem? {
        guard let failure = reader.failure, !isOver else { return nil }
        isOver = true
        line += 1
        return refused(nil, .unreadable, "the standard input can't be read on: \(failure.text)")
    }

    /// Nil for a line of blanks.
    private func item(_ line: LineReader.Line) -> SourceItem? {
        guard case .text(let bytes) = line else {
            return refused(nil, .malformedLine, "the line has more than \(Self.maximumLine) bytes")
        }
        let space: Set<UInt8> = [0x20, 0x09, 0x0D]
        guard let first = bytes.firstIndex(where: { !space.contains($0) }),
            let last = bytes.lastIndex(where: { !space.contains($0) })
        else { return nil }
        let text = bytes[first...last]
        do throws(JSONProblem) {
            let fields = try JSONFields(text)
            return item(fields, given: String(decoding: text, as: UTF8.self))
        } catch {
            return refused(nil, .malformedLine, "the line \(error.text)")
        }
    }

    private func item(_ fields: JSONFields, given: String) -> SourceItem {
        if fields["fd"] != nil, fields["path"] == nil {
            guard let number = fields.integer("fd"), descriptors.contains(number) else {
                return refused(given, .malformedLine, "\"fd\" is no descriptor that was open when the scan began")
            }
            return SourceItem(provenance: provenance(Array("/dev/fd/\(number)".utf8), given, fields))
        }
        guard let path = fields.text("path") else {
            return refused(
                given, .malformedLine,
                fields["path"] == nil ? "the line has no \"path\"" : "the \"path\" of the line is no text")
        }
        guard !path.isEmpty else { return refused(given, .malformedLine, "the \"path\" of the line is empty") }
        guard !path.utf8.contains(0) else {
            return refused(given, .malformedLine, "the \"path\" of the line has a zero byte, which no file's has")
        }
        return SourceItem(provenance: provenance(Array(path.utf8), given, fields))
    }

    private func provenance(_ path: [UInt8], _ given: String?, _ fields: JSONFields?) -> Provenance {
        var origin = Origin()
        (origin.line, origin.given) = (line, given)
        origin.url = fields?.text("url")
        origin.page = fields?.text("page")
        return Provenance(path: path, origin: origin)
    }

    private func refused(_ given: String?, _ reason: ItemFailure.Reason, _ detail: String) -> SourceItem {
        SourceItem(
            provenance: provenance([UInt8(ascii: "-")], given, nil), failure: ItemFailure(.undecodable, reason, detail))
    }
}

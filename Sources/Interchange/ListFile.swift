import JSONFields
import MediaModel

/// A list of hashes as another tool or an exchange wrote it. Everything in it may be forged.
///
/// The form is told by the content: CSV, lines of digests, JSON Lines, one JSON text, or vPDQ's text.
public struct ListFile {
    /// Larger ones have to be cut.
    public static let maximumBytes = 512 << 20

    private let bytes: UnsafeBufferPointer<UInt8>
    private let isDigest: Bool

    /// - Parameters:
    ///   - bytes: of the whole file; they stay until it is read.
    ///   - isDigest: whether 64 digits of which no more is said are a SHA-256 and not a PDQ hash.
    public init(_ bytes: UnsafeBufferPointer<UInt8>, isDigest: Bool) {
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        self.bytes = UnsafeBufferPointer(rebasing: bytes[mark...])
        self.isDigest = isDigest
    }

    /// Hands on each entry with its line, or nil for one that can't be read.
    ///
    /// - Returns: whether it says that it is all; an exchange's page may be followed by others.
    /// - Throws: `ListProblem` when it can't be read on, and what `body` throws.
    public func entries(_ body: (Int, ListedEntry?) throws -> Void) throws -> Bool {
        guard let start = bytes.firstIndex(where: { $0 > 0x20 }) else { return true }
        let isJSON = bytes[start] == UInt8(ascii: "{") && !isJSONLines || bytes[start] == UInt8(ascii: "[")
        return isJSON ? try document(body) : try lines(body)
    }

    // MARK: - Lines

    private func eachLine(_ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        var (number, rest) = (0, bytes[...])
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            var line = rest[rest.startIndex..<end]
            rest = rest[(end < rest.endIndex ? end + 1 : end)...]
            while let last = line.last, last == 0x0D || last == 0x20 { line = line.dropLast() }
            if !line.isEmpty { try body(number, UnsafeBufferPointer(rebasing: line)) }
        }
    }

    private func lines(_ body: (Int, ListedEntry?) throws -> Void) throws -> Bool {
        var (table, video, isVideo, isAll) = (ListTable?.none, [FrameFeature](), false, true)
        try eachLine { number, line in
            guard let text = String(validating: line, as: UTF8.self) else { return try body(number, nil) }
            if line.first == UInt8(ascii: "{") {
                isAll = try jsonLine(line, number, body) && isAll
                return
            }
            if table == nil, video.isEmpty { isVideo = VPDQForms.frame(line: text) != nil }
            if isVideo {
                // Without one of its frames it would be another video.
                guard let frame = VPDQForms.frame(line: text) else {
                    throw ListProblem(line: number, text: "is no frame of a video: frame,quality,hash,timestamp")
                }
                return video.append(frame)
            }
            if table == nil {
                table = ListTable(heading: text, isDigest: isDigest)
                if table != nil { return }
                table = ListTable(isDigest: isDigest)
            }
            try body(number, try? table!.entry(text))
        }
        guard isVideo else { return isAll }
        guard let frames = try? VPDQForms.checked(video) else {
            throw ListProblem(line: 1, text: "begins a video whose frames are not in order of their time, or too many")
        }
        var entry = ListedEntry()
        entry.signals = [.video(frames)]
        try body(1, entry)
        return isAll
    }

    // MARK: - JSON

    /// Whether each line is a JSON text of its own: the first one is, and others follow.
    private var isJSONLines: Bool {
        var (seen, isWhole) = (0, false)
        eachLine { _, line in
            seen += 1
            guard seen == 1 else { return }
            var reader = JSONReader(line)
            isWhole = (try? reader.skip()) != nil && (try? reader.end()) != nil
        }
        return isWhole && seen > 1
    }

    private func jsonLine(
        _ line: UnsafeBufferPointer<UInt8>, _ number: Int, _ body: (Int, ListedEntry?) throws -> Void
    ) throws -> Bool {
        var (document, entries) = (ListDocument(line), [ListedEntry?]())
        do {
            // A line is one thing: of a broken one nothing counts.
            let isAll = try document.read { _, entry in entries.append(entry) }
            for entry in entries { try body(number, entry) }
            return isAll
        } catch is MalformedRecord {
            try body(number, nil)
            return true
        }
    }

    private func document(_ body: (Int, ListedEntry?) throws -> Void) throws -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ListProblem(line: 1, text: "begins a text that is not UTF-8")
        }
        var document = ListDocument(bytes)
        var (number, counted) = (1, 0)
        func line(at offset: Int) -> Int {
            for byte in bytes[counted..<max(counted, offset)] where byte == 0x0A { number += 1 }
            counted = max(counted, offset)
            return number
        }
        do {
            return try document.read { offset, entry in try body(line(at: offset), entry) }
        } catch is MalformedRecord {
            throw ListProblem(line: line(at: document.offset), text: "is not JSON, or too much for one record")
        }
    }
}

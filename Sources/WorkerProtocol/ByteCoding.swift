import MediaModel

/// Appends little-endian values.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ flag: Bool) { put(UInt8(flag ? 1 : 0)) }

    /// A length and the bytes.
    mutating func put(_ data: some Collection<UInt8>) {
        put(UInt32(data.count))
        bytes.append(contentsOf: data)
    }

    /// As `put(details.bytes)`.
    mutating func put(_ details: PictureDetails) {
        let count = details.byteCount
        put(UInt32(count))
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        bytes.withUnsafeMutableBytes { details.write(to: UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Its place among all.
    mutating func put(_ format: MediaFormat) { put(UInt8(MediaFormat.allCases.firstIndex(of: format)!)) }

    /// - Precondition: `data` has the size that the reader expects.
    mutating func putRaw(_ data: some Collection<UInt8>) { bytes.append(contentsOf: data) }
}

/// Reads what a peer that is not trusted wrote: everything may be missing or wrong.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, at) = (bytes, bytes.startIndex) }

    var isAtEnd: Bool { at == bytes.endIndex }

    mutating func take<T: FixedWidthInteger>(_: T.Type = T.self) throws(MalformedMessage) -> T {
        let size = MemoryLayout<T>.size
        guard bytes.endIndex - at >= size else { throw MalformedMessage() }
        let offset = at - bytes.startIndex
        at += size
        return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }

    mutating func takeFormat() throws(MalformedMessage) -> MediaFormat {
        let (place, formats) = (Int(try take(UInt8.self)), MediaFormat.allCases)
        guard formats.indices.contains(place) else { throw MalformedMessage() }
        return formats[place]
    }

    mutating func takeFlag() throws(MalformedMessage) -> Bool {
        switch try take(UInt8.self) {
        case 0: false
        case 1: true
        default: throw MalformedMessage()
        }
    }

    mutating func takeRaw(_ count: Int) throws(MalformedMessage) -> ArraySlice<UInt8> {
        guard count >= 0, bytes.endIndex - at >= count else { throw MalformedMessage() }
        defer { at += count }
        return bytes[at..<at + count]
    }

    mutating func takeData(limit: Int) throws(MalformedMessage) -> ArraySlice<UInt8> {
        let count = Int(try take(UInt32.self))
        guard count <= limit else { throw MalformedMessage() }
        return try takeRaw(count)
    }

    /// Text without characters that could move a terminal's cursor or forge a line.
    mutating func takeText(limit: Int) throws(MalformedMessage) -> String {
        let bytes = try takeData(limit: limit)
        let text = String(decoding: bytes, as: UTF8.self)
        // Nearly all are.
        if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        return text.unicodeScalars.reduce(into: "") { clean, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: clean += " "
            default: clean.unicodeScalars.append(scalar)
            }
        }
    }
}

/// A message that does not follow the protocol.
public struct MalformedMessage: Error, Hashable, Sendable {
    public init() {}
}

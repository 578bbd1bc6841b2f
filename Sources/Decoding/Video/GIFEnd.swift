/// Whether a GIF goes on to its trailer, told by a walk over its blocks. What stands behind the trailer is no damage.
struct GIFEnd {
    /// The file ends within a block, or before the trailer; or there was no time to see.
    private(set) var isMissing = false
    private var window: FileWindow

    /// - Parameter tableFlags: the byte of the header that states the size of the colour table.
    init(_ input: DescriptorInput, tableFlags: UInt8) {
        window = FileWindow(input)
        isMissing = !reachesTrailer(from: 13 + Self.tableSize(tableFlags))
    }

    private mutating func reachesTrailer(from start: Int64) -> Bool {
        var at = start
        while let kind = window.byte(at: at) {
            let blocks: Int64
            switch kind {
            case 0x21: blocks = at + 2
            case 0x2C:
                guard let flags = window.byte(at: at + 9) else { return false }
                blocks = at + 11 + Self.tableSize(flags)
            // Some writers end a chain of blocks twice.
            case 0:
                at += 1
                continue
            // The trailer, or what no decoder reads on from: it does not tell that anything is missing.
            default: return true
            }
            guard let end = endOfBlocks(from: blocks) else { return false }
            at = end
        }
        return false
    }

    /// The position behind a chain of sub-blocks; nil when the file ends before.
    private mutating func endOfBlocks(from start: Int64) -> Int64? {
        var at = start
        while let count = window.byte(at: at) {
            at += 1 + Int64(count)
            if count == 0 { return at }
        }
        return nil
    }

    private static func tableSize(_ flags: UInt8) -> Int64 { flags & 0x80 != 0 ? 3 << (Int64(flags & 7) + 1) : 0 }
}

/// A file's bytes for a walk from its start to its end, a piece at a time.
private struct FileWindow {
    private let input: DescriptorInput
    private var start: Int64 = 0
    private var bytes: [UInt8] = []

    private static let size = 1 << 16

    init(_ input: DescriptorInput) { self.input = input }

    /// Nil behind the end of the file, and when no time is left.
    mutating func byte(at position: Int64) -> UInt8? {
        if position < start || position >= start + Int64(bytes.count) {
            guard position < input.size, !input.isOverTime else { return nil }
            (start, bytes) = (position, input.bytes(at: position, count: Self.size))
        }
        return bytes.isEmpty ? nil : bytes[Int(position - start)]
    }
}

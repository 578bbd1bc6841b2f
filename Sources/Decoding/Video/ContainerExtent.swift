/// What a container's outermost frame tells of a file that is not whole, without a demuxer.
struct ContainerExtent {
    /// A part that states its size goes on behind the end of the file.
    private(set) var isCutOff = false
    /// An ISO file (mp4, mov) whose parts were walked to the end without its index.
    private(set) var lacksIndex = false

    init(_ input: DescriptorInput) {
        let head = input.bytes(at: 0, count: 64)
        if head.starts(with: Array("RIFF".utf8)), head.count >= 12 {
            let stated = Int64(head[4]) | Int64(head[5]) << 8 | Int64(head[6]) << 16 | Int64(head[7]) << 24
            // Streamed files state nothing, files over 4 GB nonsense.
            isCutOff = stated > 0 && stated < 0xFFFF_FF00 && stated + 8 > input.size + 1
        } else if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            walkMatroska(input)
        } else if head.count >= 13, head.starts(with: Array("GIF8".utf8)) {
            isCutOff = GIFEnd(input, tableFlags: head[10]).isMissing && !input.isOverTime
        } else if head.count >= 8, Self.isoTypes.contains(String(decoding: head[4..<8], as: UTF8.self)) {
            walkISO(input)
        }
    }

    private static let isoTypes: Set<String> = ["ftyp", "moov", "mdat", "free", "skip", "wide", "moof", "styp", "sidx"]

    private mutating func walkISO(_ input: DescriptorInput) {
        var at: Int64 = 0
        var hasIndex = false
        // More parts than this has only a fragmented file.
        for _ in 0..<4096 where at < input.size {
            let head = input.bytes(at: at, count: 16)
            guard head.count >= 8 else {
                isCutOff = true
                break
            }
            let type = String(decoding: head[4..<8], as: UTF8.self)
            if type == "moov" || type == "moof" { hasIndex = true }
            var size = head[0..<4].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            if size == 1, head.count == 16 { size = head[8..<16].reduce(Int64(0)) { $0 << 8 | Int64($1) } }
            if size == 0 { size = input.size - at }
            // Padding or garbage behind the last part is no damage.
            guard size >= 8, size < Int64.max - at else { break }
            at += size
        }
        lacksIndex = !hasIndex && at >= input.size
        if at > input.size { isCutOff = true }
    }

    private mutating func walkMatroska(_ input: DescriptorInput) {
        var at: Int64 = 0
        for _ in 0..<8 {
            let head = input.bytes(at: at, count: 16)
            guard head.count >= 5, let id = Self.number(head[...], keepsMark: true),
                let size = Self.number(head[id.length...], keepsMark: false)
            else { return }
            let end = at + Int64(id.length + size.length)
            // All ones: unknown, as streams have it.
            guard size.value != (Int64(1) << (7 * size.length)) - 1, size.value < Int64.max - end else { return }
            if end + size.value > input.size {
                isCutOff = true
                return
            }
            if id.value == 0x1853_8067 { return }
            at = end + size.value
        }
    }

    /// One of EBML's numbers of variable length.
    private static func number(_ bytes: ArraySlice<UInt8>, keepsMark: Bool) -> (value: Int64, length: Int)? {
        guard let first = bytes.first, first != 0 else { return nil }
        let length = first.leadingZeroBitCount + 1
        guard bytes.count >= length else { return nil }
        let start = keepsMark ? Int64(first) : Int64(first & (0xFF >> UInt8(length)))
        return (bytes.dropFirst().prefix(length - 1).reduce(start) { $0 << 8 | Int64($1) }, length)
    }
}

import CInflate
import CKernels
import CMediaShims
import MediaModel

/// The rows of a plain PNG, without libpng: 8 bits a sample, not interlaced, no palette.
///
/// It only reads what is beyond reproach. Whatever it doesn't like, a checksum, a filter, the structure of the file,
/// it leaves to libpng, which knows what can still be made of it.
final class PNGStream {
    private let bytes: UnsafeRawBufferPointer
    /// The parts of the zlib stream that are not yet read.
    private var parts: ArraySlice<Range<Int>>
    private let stream: OpaquePointer
    private let height: Int
    private let rowBytes: Int
    private let pixelBytes: Int
    private let bandRows: Int
    private let filtered: PixelBuffer
    /// A row above the band, then the band; each row between paddings.
    private let rows: PixelBuffer
    private var y = 0
    private var hasEnded = false

    /// Bytes from one row to the next.
    let stride: Int

    private static let padding = Int(CK_PNG_PADDING)
    /// Bytes of rows that are undone at a time: they stay in the cache, and are enough for the inflater to be quick.
    private static let bandBytes = 1 << 18

    /// Nil for what libpng has to decode.
    init?(_ bytes: UnsafeRawBufferPointer, _ info: cm_png_info, _ budget: Budget) throws(DecodeError) {
        guard info.is_plain != 0, Int(info.width) < 1 << 28, let parts = Self.dataParts(of: bytes),
            Self.hasUsualHeader(bytes, parts)
        else { return nil }
        self.bytes = bytes
        self.parts = parts[...]
        height = Int(info.height)
        pixelBytes = Int(info.stored_channels)
        rowBytes = Int(info.width) * pixelBytes
        stride = (rowBytes + 2 * Self.padding + 63) / 64 * 64
        bandRows = min(height, max(4, Self.bandBytes / stride / 4 * 4))
        filtered = try budget.allocate(bandRows * (rowBytes + 1) + Self.padding)
        rows = try budget.allocate((bandRows + 1) * stride + 2 * Self.padding)
        rows.bytes.update(repeating: 0, count: rows.count)
        guard let stream = ci_open() else { return nil }
        self.stream = stream
    }

    deinit { ci_close(stream) }

    /// The next rows, from the top; nil when libpng has to go on from there. Valid until the next call.
    func next() -> (rows: UnsafePointer<UInt8>, count: Int)? {
        let count = min(bandRows, height - y)
        guard inflate(count * (rowBytes + 1)) else { return nil }
        // The last rows count only if the stream ends with them as it should.
        if y + count == height { guard finish() else { return nil } }
        for row in 0..<count where filtered.bytes[row * (rowBytes + 1)] > 4 { return nil }
        let first = rows.bytes + Self.padding
        let above = y == 0 ? first : first + bandRows * stride
        if y > 0 { first.update(from: above, count: rowBytes) }
        ck_active_kernels().pointee.png_rows(
            filtered.bytes, count, rowBytes, pixelBytes, first, first + stride, stride)
        y += count
        return (UnsafePointer(first + stride), count)
    }

    /// Whether there were `count` bytes.
    private func inflate(_ count: Int) -> Bool {
        var made = 0
        while made < count {
            guard !hasEnded, let produced = run(into: filtered.bytes + made, count - made) else { return false }
            made += produced
        }
        return true
    }

    /// Whether the stream ends here.
    private func finish() -> Bool {
        var beyond: UInt8 = 0
        while !hasEnded {
            guard let produced = run(into: &beyond, 1), produced == 0 else { return false }
        }
        // What follows the stream is for libpng to judge.
        return parts.allSatisfy(\.isEmpty)
    }

    /// Bytes that came of the next part; nil when there is none or it is broken.
    private func run(into out: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int? {
        guard let part = parts.first else { return nil }
        var (taken, made) = (UInt32(part.count), UInt32(count))
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) + part.lowerBound
        let status = ci_run(stream, start, &taken, out, &made)
        guard status != .CI_BROKEN else { return nil }
        hasEnded = status == .CI_END
        let isTaken = Int(taken) == part.count
        if isTaken, Int(made) < count {
            parts = parts.dropFirst()
        } else {
            parts[parts.startIndex] = part.lowerBound + Int(taken)..<part.upperBound
            // It neither reads nor writes: nothing more will come.
            if taken == 0, made == 0, !hasEnded { return nil }
        }
        return Int(made)
    }

    /// Deflate in the largest window, no dictionary: the kind that all encoders write. Of others, zlib is the judge.
    private static func hasUsualHeader(_ bytes: UnsafeRawBufferPointer, _ parts: [Range<Int>]) -> Bool {
        let head = parts.prefix(2).flatMap { bytes[$0].prefix(2) }.prefix(2)
        guard head.count == 2 else { return false }
        return head[0] == 0x78 && head[1] & 0x20 == 0 && (Int(head[0]) << 8 | Int(head[1])) % 31 == 0
    }

    /// Chunks with pixels; encoders write one, or one each some kilobytes.
    private static let partLimit = 1 << 20

    /// Where the chunks with the pixels lie; nil unless they follow each other and every checksum up to them fits.
    private static func dataParts(of bytes: UnsafeRawBufferPointer) -> [Range<Int>]? {
        func word(_ at: Int) -> Int { Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))) }
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        let data = 0x4944_4154  // "IDAT"
        var parts: [Range<Int>] = []
        var at = 8
        while at + 12 <= bytes.count {
            let (count, kind) = (word(at), word(at + 4))
            guard kind == data || parts.isEmpty else { return parts }
            guard count <= bytes.count - at - 12,
                ci_crc32(0, start + at + 4, count + 4) == UInt32(word(at + 8 + count))
            else { return nil }
            if kind == data, count > 0 {
                guard parts.count < partLimit else { return nil }
                parts.append(at + 8..<at + 8 + count)
            }
            at += 12 + count
        }
        return nil
    }
}

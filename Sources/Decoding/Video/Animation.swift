import CWebP
import CommonDecoding
import MediaModel

/// Whether a GIF, PNG or WebP has more than one picture, so that it is a video too: one that `decodeVideo` reads.
public func isAnimated(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch sniff(bytes) {
    case .gif: return GIFBlocks(bytes).hasFurtherFrames
    case .png: return (animatedPNGFrames(bytes) ?? 1) > 1
    case .webp:
        var data = WebPData(bytes: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), size: bytes.count)
        // Takes a file that is cut off, too.
        guard let demuxer = WebPDemuxInternal(&data, 1, nil, WEBP_DEMUX_ABI_VERSION) else { return false }
        defer { WebPDemuxDelete(demuxer) }
        return WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT) > 1
    default: return false
    }
}

/// Frames as the animation chunk states them, which stands before the data of the first picture.
private func animatedPNGFrames(_ bytes: UnsafeRawBufferPointer) -> Int? {
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var at = 8
    while at + 12 <= bytes.count {
        switch String(decoding: bytes[at + 4..<at + 8], as: UTF8.self) {
        case "acTL": return number(at + 8)
        case "IDAT", "IEND": return nil
        default: at += 12 + number(at)
        }
    }
    return nil
}

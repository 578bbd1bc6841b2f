/// Which frames of a video are handed on.
public enum FrameSelection: Sendable, Hashable {
    case every
    /// Key frames, frames whose packets are so large that they must show another picture, and frames between where two
    /// are so far apart that a shown moment would be further than `maximumGap` ms from a frame handed on: then frames
    /// between, as few as do. Frames handed on are so at most twice the gap apart. Of videos whose frames are all key
    /// frames, one each quarter of the gap.
    ///
    /// Without a gap, 5.5 s, and key frames that come as regularly as the others are passed over so long after a look;
    /// but 2 s and all key frames where packets don't tell what their frames show, and of videos under 11 s. Of
    /// animations, in either case, the first thousand frames and then one each quarter of a second.
    case keyFrames(maximumGap: Int?)
    /// One frame around each multiple of `interval` ms, at most half of it away: the one that takes least decoding. Only
    /// what those frames depend on is decoded.
    case interval(Int)
    /// As the vPDQ reference: frame n if n % step == 0, step = max(1, Int(secondsPerHash * frames per second)); the
    /// last frames of a decoder's delay only if the video is the file's first stream; any damage is an error (SPEC 2.1,
    /// 2.2).
    case vpdq(secondsPerHash: Double)

    /// Whether only some packets reach the decoder.
    package var leavesOutPackets: Bool {
        switch self {
        case .keyFrames, .interval: true
        case .every, .vpdq: false
        }
    }
}

/// Which of libswscale's arithmetics an exact frame's colours come from (SPEC 2.3). They differ by up to 3 levels.
public enum VPDQArithmetic: String, Sendable, Hashable, CaseIterable {
    /// Of its SIMD code on x86, which makes nearly all vPDQ hashes.
    case x86
    /// Of its C code.
    case portable
}

import CFFmpeg

/// What a compressed frame's first bytes tell of who needs it.
package struct PacketFacts {
    /// Decoding can start here.
    package var isKey: Bool
    /// No other frame is predicted from it.
    package var isDisposable = false
    /// It can't be decoded if the packet before it is left out, even a disposable one.
    package var leansOnPrevious = false
    /// It becomes a frame of its own.
    package var isShown = true
    /// Layer of HEVC's temporal scalability: a disposable frame may still serve higher layers.
    var temporalLayer = 0
    /// Of frames that need each other, one after the other, from the key frame to this one; 0 where that is not known.
    package var depth = 0
    /// Bytes.
    let size: Int
    /// Bytes of what it holds that is shown later, if at all: of the largest such frame and of all.
    package var hidden = (largest: 0, all: 0)
    /// It may hold such frames, and can't be read.
    package var mayHoldHiddenFrames = false
    /// Coders of VP8 and VP9 make each tenth frame or so some times larger than the others.
    package var mayBeBoosted = false

    /// Bytes of what is shown now.
    var shownSize: Int { size - hidden.all }

    /// Takes a frame of it that is shown later. A key frame says nothing of what movement costs.
    mutating func hide(_ bytes: Int, isKey: Bool) {
        hidden = (isKey ? hidden.largest : max(hidden.largest, bytes), hidden.all + bytes)
    }

    package init(isKey: Bool, size: Int = 0) { (self.isKey, self.size) = (isKey, size) }
}

/// Reads packets of one stream.
struct PacketReader {
    private let codec: AVCodecID
    /// Bytes of the length before each NAL unit; 0: start codes.
    private let lengthBytes: Int
    /// Whether key frames and nothing else are where decoding can start.
    let hasKeyFrames: Bool
    let isIntraOnly: Bool
    /// Pictures laid over each other: each has to be decoded.
    let isAnimation: Bool
    /// Frames that others are predicted from are shown in the order in which they are decoded.
    let hasPlainReordering: Bool
    /// Of AV1: to leave frames out of packets.
    let trace: AV1Trace?

    init(_ parameters: UnsafePointer<AVCodecParameters>) {
        codec = parameters.pointee.codec_id
        let extra = UnsafeRawBufferPointer(
            start: parameters.pointee.extradata, count: max(0, Int(parameters.pointee.extradata_size)))
        switch codec {
        case AV_CODEC_ID_H264: lengthBytes = extra.count > 6 && extra[0] == 1 ? Int(extra[4] & 3) + 1 : 0
        case AV_CODEC_ID_HEVC:
            let isStartCode = extra.count > 3 && extra[0] == 0 && extra[1] == 0 && extra[2] <= 1
            lengthBytes = extra.count > 22 && !isStartCode ? Int(extra[21] & 3) + 1 : 0
        default: lengthBytes = 0
        }
        trace = codec == AV_CODEC_ID_AV1 ? AV1Trace(extra: extra) : nil
        // Each picture of an animation is laid over the one before.
        isAnimation = codec == AV_CODEC_ID_GIF || codec == AV_CODEC_ID_APNG
        hasKeyFrames = !isAnimation
        hasPlainReordering =
            codec == AV_CODEC_ID_MPEG1VIDEO || codec == AV_CODEC_ID_MPEG2VIDEO || codec == AV_CODEC_ID_MPEG4
        let properties = avcodec_descriptor_get(codec)?.pointee.props ?? 0
        isIntraOnly = properties & AV_CODEC_PROP_INTRA_ONLY != 0
    }

    func facts(of packet: UnsafeMutablePointer<AVPacket>) -> PacketFacts {
        let isFlagged = packet.pointee.flags & AV_PKT_FLAG_KEY != 0
        var facts = PacketFacts(isKey: isFlagged, size: Int(max(0, packet.pointee.size)))
        facts.isDisposable = packet.pointee.flags & AV_PKT_FLAG_DISPOSABLE != 0
        // What an edit list cuts away.
        facts.isShown = packet.pointee.flags & AV_PKT_FLAG_DISCARD == 0
        guard let data = packet.pointee.data, packet.pointee.size > 0 else { return facts }
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(packet.pointee.size))
        switch codec {
        case AV_CODEC_ID_H264: readH264(bytes, isFlagged, &facts)
        case AV_CODEC_ID_HEVC: readHEVC(bytes, &facts)
        case AV_CODEC_ID_VP8:
            (facts.isKey, facts.mayBeBoosted) = (bytes[0] & 1 == 0, true)
            if bytes[0] & 0x10 == 0 {
                facts.isShown = false
                facts.hide(facts.size, isKey: facts.isKey)
            }
        case AV_CODEC_ID_VP9: VP9Frames(bytes).tell(&facts)
        case AV_CODEC_ID_AV1: facts.mayHoldHiddenFrames = true
        case AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO:
            if let at = startCode(0x00, bytes), at + 1 < bytes.count {
                let type = bytes[at + 1] >> 3 & 7
                facts.isKey = isFlagged && type == 1
                facts.isDisposable = type == 3
            }
        case AV_CODEC_ID_MPEG4:
            if let at = startCode(0xB6, bytes), at < bytes.count {
                facts.isKey = bytes[at] >> 6 == 0
                facts.isDisposable = bytes[at] >> 6 == 2
            }
        default: break
        }
        return facts
    }

    private func readH264(_ bytes: UnsafeRawBufferPointer, _ isFlagged: Bool, _ facts: inout PacketFacts) {
        var (hasSlices, isReference, isIDR, startsIntra) = (false, false, false, false)
        for unit in NALUnits(bytes, lengthBytes: lengthBytes) where (1...5).contains(unit[0] & 0x1F) {
            if !hasSlices {
                var bits = BitReader(unit.dropFirst())
                _ = bits.exponentialGolomb()
                startsIntra = bits.exponentialGolomb().map { $0 % 5 == 2 } ?? false
            }
            hasSlices = true
            isReference = unit[0] & 0x60 != 0
            isIDR = unit[0] & 0x1F == 5
            if isReference { break }
        }
        guard hasSlices else { return }
        // Flagged too are places where a picture is refreshed bit by bit: nothing starts there.
        facts.isKey = isIDR || (isFlagged && startsIntra)
        facts.isDisposable = !isReference
    }

    private func readHEVC(_ bytes: UnsafeRawBufferPointer, _ facts: inout PacketFacts) {
        for unit in NALUnits(bytes, lengthBytes: lengthBytes) where unit.count > 2 {
            let type = unit[0] >> 1 & 0x3F
            guard type < 32 else { continue }
            facts.isKey = (16...21).contains(type)
            facts.isDisposable = type < 16 && type % 2 == 0
            facts.temporalLayer = Int(unit[1] & 7) - 1
            return
        }
    }

    /// The position behind the first start code with this number.
    private func startCode(_ number: UInt8, _ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count > 3 else { return nil }
        return (0..<bytes.count - 3).first {
            bytes[$0 + 2] == 1 && bytes[$0] == 0 && bytes[$0 + 1] == 0 && bytes[$0 + 3] == number
        }.map { $0 + 4 }
    }
}

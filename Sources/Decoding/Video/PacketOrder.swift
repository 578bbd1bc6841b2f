import CFFmpeg

/// Gives presentation times to packets that lack them, in codecs with plain reordering: a frame that others are
/// predicted from is shown when the next such one is decoded, all others at once.
struct PacketOrder {
    /// Others are passed on as they are.
    private let reorders: Bool
    private var held = RingQueue<(packet: UnsafeMutablePointer<AVPacket>, facts: PacketFacts)>()
    /// The first held one waits for the next of its kind.
    private var waits = false
    private var hasEnded = false
    /// Of decoding, and the step to it.
    private var latest: Int64?
    private var distance: Int64 = 1
    /// No codec has so many others between two of them.
    private static let limit = 32

    init(reorders: Bool) { self.reorders = reorders }

    mutating func append(_ packet: UnsafeMutablePointer<AVPacket>, _ facts: PacketFacts) {
        if reorders {
            let time = packet.pointee.dts
            if time != noTimestamp {
                if let latest, time > latest { (distance, _) = time.subtractingReportingOverflow(latest) }
                latest = time
            }
            if facts.isDisposable {
                if packet.pointee.pts == noTimestamp { packet.pointee.pts = packet.pointee.dts }
            } else {
                if waits { held[held.start].packet.pointee.pts = packet.pointee.dts }
                waits = false
            }
        }
        held.append((packet, facts))
    }

    /// The last frame is shown after all others.
    mutating func end() {
        hasEnded = true
        if waits, let latest, held[held.start].packet.pointee.pts == noTimestamp {
            held[held.start].packet.pointee.pts = latest.addingReportingOverflow(distance).partialValue
        }
    }

    /// The next one whose time is known, or won't be.
    mutating func next() -> (packet: UnsafeMutablePointer<AVPacket>, facts: PacketFacts)? {
        guard !held.isEmpty else { return nil }
        let first = held[held.start]
        let lacksTime = reorders && !first.facts.isDisposable && first.packet.pointee.pts == noTimestamp
        waits = lacksTime && first.packet.pointee.dts != noTimestamp && !hasEnded && held.count < Self.limit
        return waits ? nil : held.removeFirst()
    }
}

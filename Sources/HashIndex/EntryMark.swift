import MediaModel

/// What an index file says of an entry in 16 bits: the quality, or 255 when it is not known, and above it the orientation.
struct EntryMark {
    let rawValue: UInt16
    private static let unknown: UInt16 = 255

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ orientation: Dihedral, _ quality: Quality?) {
        rawValue = UInt16(orientation.rawValue) << 8 | (quality.map { UInt16($0.rawValue) } ?? Self.unknown)
    }

    var isValid: Bool { rawValue >> 8 < 8 && (rawValue & 255 <= 100 || rawValue & 255 == Self.unknown) }
    func hasQuality(_ gate: Quality) -> Bool {
        rawValue & 255 != Self.unknown && Int(rawValue & 255) >= gate.rawValue
    }
    /// Of a valid mark.
    var orientation: Dihedral { Dihedral(rawValue: UInt8(truncatingIfNeeded: rawValue >> 8))! }
    var quality: Quality? {
        rawValue & 255 == Self.unknown ? nil : Quality(rawValue: Int(rawValue & 255))
    }
}

/// The hash of a part of a picture.
public struct RegionHash: Sendable, Hashable {
    /// Why the part was looked at.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case whole
        /// What is left within uniform or blurred borders.
        case bordered
        /// Between long straight edges.
        case edged
        /// A half or a quarter.
        case part
        /// Of a reference: a window that a cropped copy may show.
        case crop
    }
    public let window: PictureWindow
    public let kind: Kind
    /// The turned form of the part that the hash is of.
    public let orientation: Dihedral
    /// Never of a degenerate part: those are left out.
    public let hash: Hash256
    public let quality: Quality

    public init(
        window: PictureWindow, kind: Kind, orientation: Dihedral = .orig, hash: Hash256, quality: Quality
    ) {
        (self.window, self.kind, self.orientation) = (window, kind, orientation)
        (self.hash, self.quality) = (hash, quality)
    }
}

/// What is known of a picture beyond its own hash.
public struct PictureDetails: Sendable, Hashable {
    /// Of an item: regions; of a reference: crops.
    public var hashes: [RegionHash]

    public static let none = PictureDetails(hashes: [])
    /// Hashes that are kept at most.
    public static let maximumHashes = 1024

    public init(hashes: [RegionHash]) { self.hashes = hashes }

    public var isEmpty: Bool { hashes.isEmpty }
}

extension PictureDetails {
    /// As messages, ledgers and registries hold it: two bytes of count, little-endian, then 43 a hash: kind,
    /// orientation, four edges, quality, hash.
    public var bytes: [UInt8] {
        precondition(hashes.count <= Self.maximumHashes)
        var out: [UInt8] = []
        out.reserveCapacity(2 + Self.hashCount * hashes.count)
        func put(_ value: UInt16) { out += [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)] }
        put(UInt16(hashes.count))
        for entry in hashes {
            out.append(entry.kind.rawValue)
            out.append(entry.orientation.rawValue)
            for edge in [entry.window.left, entry.window.top, entry.window.right, entry.window.bottom] { put(edge) }
            out.append(UInt8(entry.quality.rawValue))
            out += entry.hash.bytes
        }
        return out
    }

    /// Bytes of an encoded hash.
    private static let hashCount = 43
    /// Bytes of the longest encoding.
    public static let maximumByteCount = 2 + hashCount * maximumHashes

    /// Nil unless the bytes are such an encoding, to the last one.
    public init?(bytes: ArraySlice<UInt8>) {
        let start = bytes.startIndex
        guard bytes.count >= 2 else { return nil }
        func value(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }
        let count = Int(value(start))
        guard count <= Self.maximumHashes, bytes.count == 2 + Self.hashCount * count else { return nil }
        hashes = []
        hashes.reserveCapacity(count)
        for at in stride(from: start + 2, to: bytes.endIndex, by: Self.hashCount) {
            guard let kind = RegionHash.Kind(rawValue: bytes[at]), let turn = Dihedral(rawValue: bytes[at + 1]),
                let window = PictureWindow(
                    left: value(at + 2), top: value(at + 4), right: value(at + 6), bottom: value(at + 8)),
                bytes[at + 10] <= 100, let hash = Hash256(bytes: bytes[at + 11..<at + 43])
            else { return nil }
            hashes.append(
                RegionHash(
                    window: window, kind: kind, orientation: turn, hash: hash,
                    quality: Quality(rawValue: Int(bytes[at + 10]))))
        }
    }
}

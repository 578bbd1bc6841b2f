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
        /// Between long straight edges that are not those of a box: it has corners.
        case slanted
        /// Of a reference: what a copy may show that was turned a little. It has corners.
        case tilted

        var hasCorners: Bool { self == .slanted || self == .tilted }
    }
    /// The part; of one with corners, what they lie in.
    public let window: PictureWindow
    public let kind: Kind
    /// The turned form of the part that the hash is of.
    public let orientation: Dihedral
    /// Never of a degenerate part: those are left out.
    public let hash: Hash256
    public let quality: Quality
    /// Of a part that is no box.
    public let corners: Quadrilateral?

    /// - Precondition: there are corners if the kind has them.
    public init(
        window: PictureWindow, kind: Kind, orientation: Dihedral = .orig, hash: Hash256, quality: Quality,
        corners: Quadrilateral? = nil
    ) {
        precondition(kind.hasCorners == (corners != nil))
        (self.window, self.kind, self.orientation) = (window, kind, orientation)
        (self.hash, self.quality, self.corners) = (hash, quality, corners)
    }
}

/// What is known of a picture beyond its own hash.
public struct PictureDetails: Sendable, Hashable {
    /// Of an item: regions; of a reference: crops.
    public var hashes: [RegionHash]
    /// The strongest local features.
    public var features: [LocalFeature]

    public static let none = PictureDetails(hashes: [])
    /// Hashes that are kept at most.
    public static let maximumHashes = 1024
    /// Features that are kept at most.
    public static let maximumFeatures = 1024

    public init(hashes: [RegionHash], features: [LocalFeature] = []) {
        (self.hashes, self.features) = (hashes, features)
    }

    public var isEmpty: Bool { hashes.isEmpty && features.isEmpty }
    /// Of `bytes`.
    public var byteCount: Int {
        Self.headCount + Self.hashCount * hashes.count + Self.featureCount * features.count
            + Self.cornersCount * hashes.count { $0.corners != nil }
    }
}

extension PictureDetails {
    /// As messages, ledgers and registries hold it, numbers little-endian: the version of two bytes, that of hashes and
    /// descriptors too; two counts of two bytes (hashes, features); of each hash, 43 bytes: kind, orientation, four edges,
    /// quality, hash, and 16 more if the kind has corners: x and y of each; of each feature, 40: x, y, radius, angle,
    /// descriptor. Version 2 has no such kinds.
    public var bytes: [UInt8] {
        precondition(hashes.count <= Self.maximumHashes && features.count <= Self.maximumFeatures)
        var out: [UInt8] = []
        out.reserveCapacity(byteCount)
        func put(_ value: UInt16) {
            out.append(UInt8(truncatingIfNeeded: value))
            out.append(UInt8(value >> 8))
        }
        for value in [Self.version, UInt16(hashes.count), UInt16(features.count)] { put(value) }
        for entry in hashes {
            out.append(entry.kind.rawValue)
            out.append(entry.orientation.rawValue)
            for edge in [entry.window.left, entry.window.top, entry.window.right, entry.window.bottom] { put(edge) }
            out.append(UInt8(entry.quality.rawValue))
            entry.hash.append(to: &out)
            for corner in entry.corners?.corners ?? [] {
                put(UInt16(bitPattern: corner.x))
                put(UInt16(bitPattern: corner.y))
            }
        }
        for feature in features {
            for value in [feature.x, feature.y, feature.radius, feature.angle] { put(value) }
            feature.descriptor.append(to: &out)
        }
        return out
    }

    /// Raised whenever other parts are looked at, or in another way.
    public static let version: UInt16 = 3
    private static let readVersions: ClosedRange<UInt16> = 2...version
    /// Bytes before the hashes.
    private static let headCount = 6
    /// Bytes of an encoded hash.
    private static let hashCount = 43
    /// Bytes of a hash's corners.
    private static let cornersCount = 16
    /// Bytes of an encoded feature.
    private static let featureCount = 40
    /// Bytes of the longest encoding.
    public static let maximumByteCount =
        headCount + (hashCount + cornersCount) * maximumHashes + featureCount * maximumFeatures

    /// Nil unless the bytes are such an encoding, to the last one.
    public init?(bytes: ArraySlice<UInt8>) {
        let start = bytes.startIndex
        guard bytes.count >= Self.headCount else { return nil }
        func value(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }
        let (hashCount, featureCount) = (Int(value(start + 2)), Int(value(start + 4)))
        guard Self.readVersions.contains(value(start)), hashCount <= Self.maximumHashes,
            featureCount <= Self.maximumFeatures
        else { return nil }
        self.init(hashes: [])
        hashes.reserveCapacity(hashCount)
        var at = start + Self.headCount
        for _ in 0..<hashCount {
            guard bytes.endIndex - at >= Self.hashCount, let kind = RegionHash.Kind(rawValue: bytes[at]),
                let turn = Dihedral(rawValue: bytes[at + 1]),
                let window = PictureWindow(
                    left: value(at + 2), top: value(at + 4), right: value(at + 6), bottom: value(at + 8)),
                bytes[at + 10] <= 100, let hash = Hash256(bytes: bytes[at + 11..<at + 43])
            else { return nil }
            let quality = Quality(rawValue: Int(bytes[at + 10]))
            var corners: Quadrilateral?
            if kind.hasCorners {
                let first = at + Self.hashCount
                guard bytes.endIndex - first >= Self.cornersCount else { return nil }
                corners = Quadrilateral(
                    corners: stride(from: first, to: first + Self.cornersCount, by: 4).map {
                        Quadrilateral.Corner(x: Int16(bitPattern: value($0)), y: Int16(bitPattern: value($0 + 2)))
                    })
                guard corners != nil else { return nil }
                at += Self.cornersCount
            }
            hashes.append(
                RegionHash(
                    window: window, kind: kind, orientation: turn, hash: hash, quality: quality,
                    corners: corners))
            at += Self.hashCount
        }
        guard bytes.endIndex - at == Self.featureCount * featureCount else { return nil }
        features = (0..<featureCount).map { _ in
            defer { at += Self.featureCount }
            return LocalFeature(
                x: value(at), y: value(at + 2), radius: value(at + 4), angle: value(at + 6),
                descriptor: Hash256(bytes: bytes[at + 8..<at + 40])!)
        }
    }
}

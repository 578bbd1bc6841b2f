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
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            write(to: UnsafeMutableRawBufferPointer(buffer))
            count = buffer.count
        }
    }

    /// Writes `bytes`. - Precondition: there is room for just them.
    public func write(to buffer: UnsafeMutableRawBufferPointer) {
        precondition(hashes.count <= Self.maximumHashes && features.count <= Self.maximumFeatures)
        precondition(buffer.count == byteCount)
        var at = 0
        func put<T: FixedWidthInteger>(_ value: T) {
            buffer.storeBytes(of: value.littleEndian, toByteOffset: at, as: T.self)
            at += MemoryLayout<T>.size
        }
        func put(_ hash: Hash256) {
            put(hash.word0)
            put(hash.word1)
            put(hash.word2)
            put(hash.word3)
        }
        put(Self.version)
        put(UInt16(hashes.count))
        put(UInt16(features.count))
        for entry in hashes {
            put(entry.kind.rawValue)
            put(entry.orientation.rawValue)
            put(entry.window.left)
            put(entry.window.top)
            put(entry.window.right)
            put(entry.window.bottom)
            put(UInt8(entry.quality.rawValue))
            put(entry.hash)
            for corner in entry.corners?.corners ?? [] {
                put(corner.x)
                put(corner.y)
            }
        }
        for feature in features {
            put(feature.x)
            put(feature.y)
            put(feature.radius)
            put(feature.angle)
            put(feature.descriptor)
        }
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
        guard let details = bytes.withUnsafeBytes(Self.init(raw:)) else { return nil }
        self = details
    }

    private init?(raw bytes: UnsafeRawBufferPointer) {
        func value<T: FixedWidthInteger>(_ at: Int, _: T.Type = T.self) -> T {
            T(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: T.self))
        }
        func hash(_ at: Int) -> Hash256 { Hash256(value(at), value(at + 8), value(at + 16), value(at + 24)) }
        guard bytes.count >= Self.headCount else { return nil }
        let (hashCount, featureCount) = (Int(value(2, UInt16.self)), Int(value(4, UInt16.self)))
        guard Self.readVersions.contains(value(0)), hashCount <= Self.maximumHashes,
            featureCount <= Self.maximumFeatures
        else { return nil }
        self.init(hashes: [])
        hashes.reserveCapacity(hashCount)
        var at = Self.headCount
        for _ in 0..<hashCount {
            guard bytes.count - at >= Self.hashCount, let kind = RegionHash.Kind(rawValue: bytes[at]),
                let turn = Dihedral(rawValue: bytes[at + 1]),
                let window = PictureWindow(
                    left: value(at + 2), top: value(at + 4), right: value(at + 6), bottom: value(at + 8)),
                bytes[at + 10] <= 100
            else { return nil }
            let entry = at
            at += Self.hashCount
            var corners: Quadrilateral?
            if kind.hasCorners {
                guard bytes.count - at >= Self.cornersCount else { return nil }
                corners = Quadrilateral(
                    corners: stride(from: at, to: at + Self.cornersCount, by: 4).map {
                        Quadrilateral.Corner(x: value($0), y: value($0 + 2))
                    })
                guard corners != nil else { return nil }
                at += Self.cornersCount
            }
            hashes.append(
                RegionHash(
                    window: window, kind: kind, orientation: turn, hash: hash(entry + 11),
                    quality: Quality(rawValue: Int(bytes[entry + 10])), corners: corners))
        }
        guard bytes.count - at == Self.featureCount * featureCount else { return nil }
        features = stride(from: at, to: bytes.count, by: Self.featureCount).map { at in
            LocalFeature(
                x: value(at), y: value(at + 2), radius: value(at + 4), angle: value(at + 6), descriptor: hash(at + 8))
        }
    }
}

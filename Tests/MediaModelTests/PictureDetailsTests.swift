import MediaModel
import Testing

@Suite struct DetailsOfPictures {
    /// Registries and ledgers hold them so.
    @Test func haveTheBytesThatTheyAlwaysHad() throws {
        let corners = try #require(
            Quadrilateral(
                corners: [(100, 200), (20_000, 300), (20_100, 10_000), (-50, 9000)].map {
                    Quadrilateral.Corner(x: $0.0, y: $0.1)
                }))
        let details = PictureDetails(
            hashes: [
                RegionHash(
                    window: .whole, kind: .crop, orientation: .rot90, hash: Hash256(1, 2, 3, 0x0102_0304_0506_0708),
                    quality: Quality(rawValue: 77)),
                RegionHash(
                    window: try #require(corners.bounds), kind: .slanted, hash: Hash256(5, 6, 7, 8),
                    quality: Quality(rawValue: 100), corners: corners),
            ], features: [LocalFeature(x: 1, y: 0x0203, radius: 65_535, angle: 4, descriptor: Hash256(9, 10, 11, 12))])
        let words: (UInt64, UInt64, UInt64, UInt64) -> [UInt8] = { first, second, third, fourth in
            [first, second, third, fourth].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            }
        }
        let bounds = try #require(corners.bounds)
        let edges = [bounds.left, bounds.top, bounds.right, bounds.bottom].flatMap {
            [UInt8($0 & 255), UInt8($0 >> 8)]
        }
        var bytes: [UInt8] = [3, 0, 2, 0, 1, 0]
        bytes +=
            [4, Dihedral.rot90.rawValue, 0, 0, 0, 0, 255, 255, 255, 255, 77] + words(1, 2, 3, 0x0102_0304_0506_0708)
        bytes += [5, 0] + edges + [100] + words(5, 6, 7, 8)
        bytes += [100, 0, 200, 0, 0x20, 0x4E, 44, 1, 0x84, 0x4E, 0x10, 0x27, 0xCE, 0xFF, 0x28, 0x23]
        bytes += [1, 0, 3, 2, 255, 255, 4, 0] + words(9, 10, 11, 12)
        #expect(details.bytes == bytes)
        #expect(PictureDetails(bytes: bytes[...]) == details)
    }
}

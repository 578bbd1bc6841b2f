public import MediaModel

/// Details of pictures that never were: crops and features without a pattern.
public enum MadeUpDetails {
    public static func hash(_ random: inout SeededGenerator) -> Hash256 {
        Hash256(random.next(), random.next(), random.next(), random.next())
    }

    /// Another hash at so many bits from one.
    public static func noisy(_ hash: Hash256, _ bits: Int, _ random: inout SeededGenerator) -> Hash256 {
        var bytes = hash.bytes
        for bit in (0..<256).shuffled(using: &random).prefix(bits) { bytes[bit / 8] ^= 1 << (bit % 8) }
        return Hash256(bytes: bytes)!
    }

    public static func features(_ count: Int, _ random: inout SeededGenerator) -> [LocalFeature] {
        (0..<count).map { _ in
            LocalFeature(
                x: .random(in: 3000...62000, using: &random), y: .random(in: 3000...62000, using: &random),
                radius: .random(in: 1500...6000, using: &random), angle: .random(in: 0...UInt16.max, using: &random),
                descriptor: hash(&random))
        }
    }

    /// The same picture always for the same number.
    public static func picture(_ number: Int, crops: Int, features count: Int) -> PictureDetails {
        var random = SeededGenerator(seed: UInt64(1_000_000 + number))
        let crops = (0..<crops).map { crop in
            RegionHash(
                window: PictureWindow(left: 0, top: 0, right: 1, bottom: 0.5 + 0.4 * Double(crop) / 1024)!,
                kind: .crop, hash: hash(&random), quality: Quality(rawValue: 90))
        }
        return PictureDetails(hashes: crops, features: features(count, &random))
    }
}

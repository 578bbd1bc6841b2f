import CommonDecoding
import ContentDigest
import Decoding
import DecodingTestSupport
import Foundation
import MediaModel
import PerceptualHash
import TestSupport
import Testing

/// Meta's values for real files: decoder, both conventions, quality, the eight orientations.
///
/// The files are not free enough for the repository: without them these tests are skipped.
@Suite(.enabled(if: Paths.shared != nil)) struct GoldenImages {
    @Test(arguments: GoldenImage.all)
    func areMet(golden: GoldenImage) throws {
        let file = Paths.shared!.appending(path: "media/threatexchange").appending(path: golden.path)
        let data = try Data(contentsOf: file)
        let (picture, pixels) = try decode(data)
        #expect(picture.damage == nil)
        #expect(picture.shape.width == golden.width && picture.shape.height == golden.height)
        if let orientation = golden.exifOrientation, orientation > 1 {
            #expect(picture.exifOrientation == orientation)
        }
        // Meta's tool keeps the low byte of 16-bit samples, which is no picture (SPEC 1.1): ours scales.
        if golden.path.hasSuffix("I16.png") { return }

        if let expected = golden.pillowRGB {
            let rgb = picture.shape.keptChannels == 3 ? pixels : pixels.flatMap { [$0, $0, $0] }
            let digest = SHA256Digest(bytes: rgb.withUnsafeBytes { sha256($0) })!.description
            // Digests of pictures that the reference saw as gray are of one channel.
            if golden.reference.channels == 3 { #expect(digest == expected.decodedSHA256, "pixels") }
            let full = hash(pixels, picture.shape, .fullSize)
            #expect(full.feature.hash.description == expected.fullHash, "full-size convention")
            #expect(full.feature.quality.rawValue == expected.fullQuality)
        }
        let cli = hash(pixels, picture.shape, .cli512)
        #expect(cli.feature.hash.description == golden.reference.hash, "CLI convention")
        #expect(cli.feature.quality.rawValue == golden.reference.quality)
        for entry in cli.hashes {
            #expect(entry.hash.description == golden.reference.dihedral[entry.orientation.name], "\(entry.orientation)")
        }
    }

    @Test func areAllThere() { #expect(GoldenImage.all.count == 59) }

    private func hash(_ pixels: [UInt8], _ shape: PictureShape, _ convention: HashConvention) -> PDQ {
        let hasher = PDQHasher(
            width: shape.width, height: shape.height, layout: PixelLayout(channels: shape.keptChannels),
            convention: convention, wanted: .dihedral)
        pixels.withUnsafeBufferPointer {
            hasher.add(rows: $0.baseAddress!, count: shape.height, stride: shape.width * shape.keptChannels)
        }
        return hasher.finish()
    }
}

struct GoldenImage: Decodable, Sendable, CustomTestStringConvertible {
    struct Reference: Decodable, Sendable {
        let hash: String
        let quality: Int
        let dihedral: [String: String]
        let channels: Int
    }
    struct PillowRGB: Decodable, Sendable {
        let decodedSHA256: String
        let fullHash: String
        let fullQuality: Int
        enum CodingKeys: String, CodingKey {
            case decodedSHA256 = "decoded_u8_sha256"
            case fullHash = "hash_full"
            case fullQuality = "quality_full"
        }
    }
    let path: String
    let width: Int
    let height: Int
    let exifOrientation: Int?
    let reference: Reference
    let pillowRGB: PillowRGB?
    enum CodingKeys: String, CodingKey {
        case path, width, height, reference
        case exifOrientation = "exif_orientation"
        case pillowRGB = "pillow_rgb"
    }
    var testDescription: String { path }

    static let all: [GoldenImage] = {
        struct File: Decodable { let images: [GoldenImage] }
        guard let shared = Paths.shared else { return [] }
        let file = try! JSONDecoder().decode(
            File.self, from: Data(contentsOf: shared.appending(path: "golden/pdq_images.json")))
        let media = shared.appending(path: "media/threatexchange")
        return file.images.filter { FileManager.default.fileExists(atPath: media.appending(path: $0.path).path) }
    }()
}

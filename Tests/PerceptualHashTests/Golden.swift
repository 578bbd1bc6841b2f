import Foundation
import TestSupport
import Testing

/// The synthetic golden cases: produced by Meta's C++ on patterns that a formula gives, with a value for each stage.
struct GoldenFile: Decodable {
    let cases: [GoldenCase]
    let stageDumps: [StageDump]
    let medianCases: [MedianCase]

    enum CodingKeys: String, CodingKey {
        case cases
        case stageDumps = "stage_dumps"
        case medianCases = "median_cases"
    }

    static let synthetic: GoldenFile = try! JSONDecoder().decode(
        GoldenFile.self, from: Data(contentsOf: folder.appending(path: "pdq_synthetic.json")))
    static let folder = Paths.root.appending(path: "Tests/PerceptualHashTests/Golden")
}

struct GoldenCase: Decodable, Sendable, CustomTestStringConvertible {
    struct CommandLinePath: Decodable, Sendable {
        let hash: String
        let quality: Int
    }
    let id: String
    let pattern: String
    let params: [String: Int]
    let width: Int
    let height: Int
    let kind: String
    let inputSHA256: String
    let lumaSHA256: String
    let gridSHA256: String?
    let dihedralGridSHA256: String?
    let dctSHA256: String?
    let hash: String
    let quality: Int
    let dihedral: [String: String]
    let dihedralQuality: Int
    let degenerate: Bool?
    let commandLine: CommandLinePath?

    enum CodingKeys: String, CodingKey {
        case id, pattern, params, width, height, kind, hash, quality, dihedral, degenerate
        case inputSHA256 = "input_sha256"
        case lumaSHA256 = "luma_f32le_sha256"
        case gridSHA256 = "buf64_f32le_sha256"
        case dihedralGridSHA256 = "dihedral_buf64_f32le_sha256"
        case dctSHA256 = "dct16_f32le_sha256"
        case dihedralQuality = "dihedral_quality"
        case commandLine = "file_path_512"
    }

    var testDescription: String { id }
    var source: SyntheticPicture { SyntheticPicture(pattern: pattern, params: params, width: width, height: height) }
}

struct StageDump: Decodable, Sendable {
    let pattern: String
    let params: [String: Int]
    let width: Int
    let height: Int
    let grid: [UInt32]
    let dct: [UInt32]
    let median: UInt32
    let hash: String
    let quality: Int

    enum CodingKeys: String, CodingKey {
        case pattern, params, width, height, hash, quality
        case grid = "buf64_u32"
        case dct = "dct16_u32"
        case median = "median_u32"
    }
    var source: SyntheticPicture { SyntheticPicture(pattern: pattern, params: params, width: width, height: height) }
}

struct MedianCase: Decodable, Sendable {
    let kind: String
    let values: [Float]
    let median: Float
}

import Foundation
import MediaModel
import PerceptualHash

/// Answers requests from the standard input until it ends, one line of JSON each, so that another program can measure
/// itself and Ansim in turn. What a request measures starts with bytes in memory and ends with the hash.
///
///     file PRECISION REPEATS PATH
///     pixels PRECISION REPEATS LAYOUT WIDTH HEIGHT PATH      PATH holds the pixels and nothing else
func serveHashes() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    while let line = readLine() {
        let answer = hash(line) ?? HashAnswer(error: "not a request, not readable, or not a picture")
        print(String(decoding: try encoder.encode(answer), as: UTF8.self))
        // The other side waits for it, and a pipe is not flushed by lines.
        fflush(nil)
    }
}

private struct HashAnswer: Encodable {
    /// CPU time of the process that one repeat took, the median.
    var microseconds: Double?
    var hash: String?
    var quality: Int?
    var error: String?
}

private func hash(_ request: String) -> HashAnswer? {
    let kind = request.prefix { $0 != " " }
    let words = request.split(separator: " ", maxSplits: kind == "pixels" ? 6 : 3).map(String.init)
    guard words.count > 3, let precision = HashPrecision(rawValue: words[1]), let repeats = Int(words[2]), repeats > 0,
        let data = try? Data(contentsOf: URL(filePath: words.last!))
    else { return nil }
    switch (kind, words.count) {
    case ("file", 4): return data.withUnsafeBytes { bytes in measured(repeats) { hashOfFile(bytes, precision) } }
    case ("pixels", 7):
        guard let layout = layouts[words[3]], let width = Int(words[4]), let height = Int(words[5]),
            width > 0, height > 0, width < 1 << 16, height < 1 << 16, data.count == width * height * layout.channels
        else { return nil }
        return data.withUnsafeBytes { bytes in
            let pixels = bytes.bindMemory(to: UInt8.self)
            return measured(repeats) {
                hashOfPixels(pixels, width: width, height: height, layout: layout, precision)
            }
        }
    default: return nil
    }
}

private let layouts: [String: PixelLayout] = ["gray": .gray, "rgb": .rgb, "rgbx": .rgbx]

private func measured(_ repeats: Int, _ hash: () -> Feature?) -> HashAnswer? {
    var times: [Double] = []
    var feature: Feature?
    for _ in 0..<repeats { times.append(measure { feature = hash() }.cpu) }
    guard let feature else { return nil }
    return HashAnswer(
        microseconds: times.sorted()[repeats / 2] * 1e6, hash: feature.hash.description,
        quality: feature.quality.rawValue)
}

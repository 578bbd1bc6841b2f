import CMediaShims
import CommonDecoding
import Decoding
import DecodingTestSupport
import Foundation
import MediaModel
import PerceptualHash

/// Bytes in memory -> hash, against the decoding alone, each file every way in turn; CPU time, medians of rounds,
/// ratios as medians over the files of a kind.
func benchmarkPictures(_ paths: [String], rounds: Int) {
    var byKind: [String: [[Way: Double]]] = [:]
    // Between the fast hash and the exact one, of pictures whose quality is enough to be compared.
    var distances: [String: [Int]] = [:]
    for path in paths {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { continue }
        var times: [Way: [Double]] = [:]
        var kind: String?
        data.withUnsafeBytes { bytes in
            kind = kindOf(bytes)
            guard let kind else { return }
            if let exact = hashOfFile(bytes, .exact), let fast = hashOfFile(bytes, .fast), exact.quality >= .usualGate {
                distances[kind, default: []].append(exact.hash.distance(to: fast.hash))
            }
            for _ in 0..<rounds {
                for way in Way.allCases {
                    var done = false
                    let time = measure { done = run(way, bytes) }
                    if done { times[way, default: []].append(time.cpu * 1e3) }
                }
            }
        }
        guard let kind else { continue }
        byKind[kind, default: []].append(times.mapValues { $0.sorted()[$0.count / 2] })
    }
    print("kind                      files   " + Way.allCases.map { padded($0.rawValue, 16) }.joined())
    for (kind, files) in byKind.sorted(by: { $0.key < $1.key }) {
        func median(_ value: ([Way: Double]) -> Double?) -> String {
            let values = files.compactMap(value).sorted()
            return values.isEmpty ? "-" : String((values[values.count / 2] * 1000).rounded() / 1000)
        }
        print(
            padded(kind, 26) + padded(String(files.count), 8)
                + Way.allCases.map { way in padded(median { $0[way] }, 16) }.joined() + "ms")
        if let all = distances[kind] {
            let mean = Double(all.reduce(0, +)) / Double(all.count)
            print(padded("", 34) + "fast to exact: mean \((mean * 100).rounded() / 100), max \(all.max()!) bits")
        }
        print(
            padded("", 34) + "fast / luma alone \(median { $0.ratio(.fast, .lumaAlone) }), "
                + "exact / RGB alone \(median { $0.ratio(.exact, .colourAlone) }), "
                + "whole luma / fast \(median { $0.ratio(.lumaAlone, .fast) }), "
                + "RGB + exact hash / fast \(median { $0.ratio(.colourAndHash, .fast) })")
    }
}

private enum Way: String, CaseIterable {
    case exact, fast
    /// The library's decoder by itself: gray and RGB.
    case lumaAlone = "luma alone"
    case colourAlone = "RGB alone"
    /// The library to RGB, then the exact hash.
    case colourAndHash = "RGB + hash"
}

extension [Way: Double] {
    fileprivate func ratio(_ a: Way, _ b: Way) -> Double? {
        guard let a = self[a], let b = self[b] else { return nil }
        return a / b
    }
}

private func kindOf(_ bytes: UnsafeRawBufferPointer) -> String? {
    var sink = RowsSink(precision: nil)
    guard let picture = try? decodePicture(bytes, limits: ItemLimits(), into: &sink) else { return nil }
    let megapixels = Double(picture.shape.width * picture.shape.height) / 1e6
    let size = megapixels < 0.5 ? "< 0.5 MP" : megapixels < 2 ? "0.5-2 MP" : megapixels < 8 ? "2-8 MP" : ">= 8 MP"
    var format = picture.format.rawValue
    if picture.format == .jpeg, let jpeg = LibJPEG(bytes) {
        format += jpeg.info.is_progressive != 0 ? " progressive" : " baseline"
    }
    return format + " " + size
}

/// False where the way doesn't exist for such a file.
private func run(_ way: Way, _ bytes: UnsafeRawBufferPointer) -> Bool {
    switch way {
    case .exact: return hashOfFile(bytes, .exact) != nil
    case .fast: return hashOfFile(bytes, .fast) != nil
    case .lumaAlone: return LibJPEG(bytes)?.decode(luma: true) ?? false
    case .colourAlone:
        if let jpeg = LibJPEG(bytes) { return jpeg.decode(luma: false) }
        guard let png = LibPNG(bytes), png.info.passes == 1 else { return false }
        return png.decode { _, _ in }
    case .colourAndHash:
        guard let png = LibPNG(bytes), png.info.passes == 1 else { return false }
        let (width, height) = (Int(png.info.width), Int(png.info.height))
        let hasher = PDQHasher(
            width: width, height: height, layout: PixelLayout(channels: Int(png.info.channels)))
        guard png.decode({ hasher.add(rows: $0, count: $1, stride: width * Int(png.info.channels)) }) else {
            return false
        }
        _ = hasher.finish()
        return true
    }
}

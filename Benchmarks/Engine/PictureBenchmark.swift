import CMediaShims
import ContentDigest
import Decoding
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
            if let exact = feature(bytes, .exact), let fast = feature(bytes, .fast), exact.quality >= .usualGate {
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

private func feature(_ bytes: UnsafeRawBufferPointer, _ precision: HashPrecision) -> Feature? {
    var sink = RowsSink(precision: precision)
    guard (try? decodePicture(bytes, limits: ItemLimits(), precision: precision, into: &sink)) != nil else {
        return nil
    }
    return sink.hasher!.finish().feature
}

/// False where the way doesn't exist for such a file.
private func run(_ way: Way, _ bytes: UnsafeRawBufferPointer) -> Bool {
    switch way {
    case .exact: return feature(bytes, .exact) != nil
    case .fast: return feature(bytes, .fast) != nil
    case .lumaAlone: return LibJPEG(bytes)?.decode(luma: true) ?? false
    case .colourAlone:
        return LibJPEG(bytes)?.decode(luma: false) ?? LibPNG(bytes)?.decode { _, _ in } ?? false
    case .colourAndHash:
        guard let png = LibPNG(bytes) else { return false }
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

/// Hashes rows, or drops them.
private struct RowsSink: PixelSink {
    let precision: HashPrecision?
    var hasher: PDQHasher?

    init(precision: HashPrecision?) { self.precision = precision }

    mutating func begin(_ shape: PictureShape) {
        guard let precision else { return }
        hasher = PDQHasher(
            width: shape.width, height: shape.height, layout: PixelLayout(channels: shape.channels),
            precision: precision, reduction: shape.reduction)
    }

    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        hasher?.add(rows: rows, count: count, stride: stride)
    }
}

private let noLimits = cm_limits(memory: 1 << 32, cpu_deadline: .max, jpeg_scans: 1000)

/// libjpeg by itself.
private final class LibJPEG {
    private let handle: OpaquePointer
    let info: cm_jpeg_info

    init?(_ bytes: UnsafeRawBufferPointer) {
        var (limits, error, info) = (noLimits, cm_error(), cm_jpeg_info())
        var handle: OpaquePointer?
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        guard cm_jpeg_open(start, bytes.count, &limits, &handle, &info, &error) == .CM_OK, let handle else {
            return nil
        }
        (self.handle, self.info) = (handle, info)
    }

    deinit { cm_jpeg_close(handle) }

    func decode(luma: Bool) -> Bool {
        guard !luma || info.has_luma != 0 else { return false }
        var (error, got) = (cm_error(), UInt32(0))
        var rows = cm_jpeg_rows(luma: luma ? 1 : 0, reduction: 1, frequencies: 64)
        guard cm_jpeg_start(handle, &rows, &error) == .CM_OK else { return false }
        let stride = Int(info.width) * (luma ? 1 : Int(info.channels))
        let band = UnsafeMutablePointer<UInt8>.allocate(capacity: stride * 64)
        defer { band.deallocate() }
        repeat {
            guard cm_jpeg_read(handle, band, stride, 64, &got, &error) == .CM_OK else { return false }
        } while got > 0
        return true
    }
}

/// libpng by itself.
private final class LibPNG {
    private let handle: OpaquePointer
    let info: cm_png_info

    init?(_ bytes: UnsafeRawBufferPointer) {
        var (limits, error, info) = (noLimits, cm_error(), cm_png_info())
        var handle: OpaquePointer?
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        guard cm_png_open(start, bytes.count, &limits, &handle, &info, &error) == .CM_OK, let handle else {
            return nil
        }
        (self.handle, self.info) = (handle, info)
    }

    deinit { cm_png_close(handle) }

    func decode(_ use: (UnsafePointer<UInt8>, Int) -> Void) -> Bool {
        var (error, got) = (cm_error(), UInt32(0))
        guard info.passes == 1, cm_png_start(handle, &error) == .CM_OK else { return false }
        let stride = Int(info.width) * Int(info.channels)
        let band = UnsafeMutablePointer<UInt8>.allocate(capacity: stride * 64)
        defer { band.deallocate() }
        var rows = 0
        while rows < Int(info.height) {
            let count = min(64, Int(info.height) - rows)
            guard cm_png_read(handle, band, stride, UInt32(count), &got, &error) == .CM_OK else { return false }
            use(band, count)
            rows += count
        }
        return true
    }
}

import CommonDecoding
import Decoding
import Glibc
import LocalFeatures
import MediaModel

/// CPU time of finding and describing local features in pictures' luma, reduced to at most 640 pixels a side.
func benchmarkFeatures(_ paths: [String], rounds: Int) {
    let planes = paths.compactMap(lumaPlane)
    var times: [Double] = []
    var found = 0
    for _ in 0..<rounds {
        for plane in planes {
            let time = measure {
                found += plane.pixels.withUnsafeBufferPointer {
                    localFeatures(
                        luma: $0.baseAddress!, width: plane.width, height: plane.height, stride: plane.width,
                        maximumCount: 500
                    ).count
                }
            }
            times.append(time.cpu * 1000)
        }
    }
    times.sort()
    guard !times.isEmpty else { return }
    print(
        "\(planes.count) pictures, \(found / times.count) features each: median \(times[times.count / 2]) ms, "
            + "p90 \(times[times.count * 9 / 10]) ms of CPU time")
}

private struct Plane {
    var width = 0
    var height = 0
    var pixels: [UInt8] = []
}

private struct PlaneSink: PixelSink {
    var plane = Plane()
    private var shape: PictureShape?
    private var y = 0

    mutating func begin(_ shape: PictureShape) {
        (self.shape, y) = (shape, 0)
        let factor = max(1, (max(shape.width, shape.height) + 639) / 640)
        plane = Plane(width: shape.width / factor, height: shape.height / factor)
        plane.pixels = [UInt8](repeating: 0, count: plane.width * plane.height)
        step = factor
    }

    private var step = 1

    /// Every so many pixels: how features are found costs the same whatever the pixels' quality.
    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        for row in 0..<count {
            defer { y += 1 }
            guard y % step == 0, y / step < plane.height else { continue }
            for x in 0..<plane.width {
                plane.pixels[y / step * plane.width + x] = rows[row * stride + x * step * (shape?.channels ?? 1)]
            }
        }
    }
}

private func lumaPlane(_ path: String) -> Plane? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    let count = fread(&bytes, 1, bytes.count, file)
    var sink = PlaneSink()
    let picture = bytes.withUnsafeBytes {
        try? decodePicture(UnsafeRawBufferPointer(rebasing: $0[..<count]), limits: ItemLimits(), into: &sink)
    }
    return picture == nil ? nil : sink.plane
}

import CMediaShims
import CommonDecoding
import FuzzDecodingSupport
import MediaModel

/// libjpeg, libav for the variants that it lacks, and our own decoder, which has to make the same pixels as libjpeg.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    for precision in [HashPrecision.exact, .fast] {
        var rows = Rows()
        guard let picture = try? decodeCommonPicture(bytes, limits: limits, precision: precision, into: &rows),
            picture.format == .jpeg, picture.damage == nil,
            let expected = libjpegRows(bytes, luma: rows.shape!.channels == 1, reduction: rows.shape!.reduction)
        else { continue }
        precondition(rows.pixels == expected)
    }
    return fuzzDecoding(of: [.jpeg], data, count)
}

private let limits = ItemLimits(pixels: 1 << 18, memory: 64 << 20, seconds: 2)

/// The rows of an undamaged picture that is not progressive, of four bytes a pixel those that mean something.
private struct Rows: PixelSink {
    var shape: PictureShape?
    var pixels: [UInt8] = []

    mutating func begin(_ shape: PictureShape) { (self.shape, pixels) = (shape, []) }

    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        for row in 0..<count {
            for i in 0..<shape!.rowBytes where shape!.channels != 4 || i % 4 != 3 {
                pixels.append(rows[row * stride + i])
            }
        }
    }
}

private func libjpegRows(_ bytes: UnsafeRawBufferPointer, luma: Bool, reduction: Int) -> [UInt8]? {
    var (error, info) = (cm_error(), cm_jpeg_info())
    var all = cm_limits(memory: 64 << 20, cpu_deadline: .max, jpeg_scans: 64)
    var handle: OpaquePointer?
    let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    guard cm_jpeg_open(start, bytes.count, &all, &handle, &info, &error) == .CM_OK else { return nil }
    defer { cm_jpeg_close(handle) }
    var form = cm_jpeg_rows(luma: luma ? 1 : 0, reduction: UInt32(reduction), frequencies: 64)
    guard info.is_progressive == 0, info.channels != 4, cm_jpeg_start(handle, &form, &error) == .CM_OK else {
        return nil
    }
    let stride = (Int(info.width) + reduction - 1) / reduction * (luma ? 1 : Int(info.channels))
    let height = (Int(info.height) + reduction - 1) / reduction
    var pixels = [UInt8](repeating: 0, count: stride * height)
    var got = UInt32(0)
    guard cm_jpeg_read(handle, &pixels, stride, UInt32(height), &got, &error) == .CM_OK, got == height else {
        return nil
    }
    return pixels
}

import CMediaShims
import MediaModel

/// Decodes a PNG through libpng. Checksums that do not fit are passed over and told as damage.
func decodePNG(
    _ bytes: UnsafeRawBufferPointer, budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    let png = try PNGReader(bytes, budget: budget)
    let (width, height) = (Int(png.info.width), Int(png.info.height))
    try budget.checkSize(width: width, height: height)
    try png.start()
    let shape = PictureShape(width: width, height: height, channels: Int(png.info.channels))
    let damage =
        png.info.passes == 1
        ? try streamRows(of: png, shape, budget, into: &sink) : try readInterlaced(png, shape, budget, into: &sink)
    return Picture(
        format: .png, shape: shape, exifOrientation: png.info.orientation == 0 ? nil : Int(png.info.orientation),
        damage: damage ?? png.damage, hasFurtherFrames: png.info.frames > 1)
}

/// Returns what ended the rows early, if anything did.
private func streamRows(
    of png: borrowing PNGReader, _ shape: PictureShape, _ budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> String? {
    let stride = shape.width * shape.channels
    let bandRows = min(shape.height, 64)
    let band = try budget.allocate(bandRows * stride)
    var rows = 0
    var damage: String?
    while rows < shape.height {
        let wanted = min(bandRows, shape.height - rows)
        var got = 0
        if damage == nil {
            let failure: DecodeError?
            (got, failure) = png.read(into: band.bytes, stride: stride, count: wanted)
            if let failure {
                guard case .corrupt(let why) = failure, rows + got > 0 else { throw failure }
                damage = "\(why) (row \(rows + got) of \(shape.height))"
            }
        }
        if rows == 0 { try sink.begin(shape) }
        if got < wanted { band.fillGray(from: got * stride) }
        sink.add(rows: band.bytes, count: wanted, stride: stride)
        rows += wanted
    }
    return damage
}

private func readInterlaced(
    _ png: borrowing PNGReader, _ shape: PictureShape, _ budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> String? {
    let stride = shape.width * shape.channels
    let pixels = try budget.allocate(shape.height * stride)
    pixels.fillGray()
    var damage: String?
    let (hasRows, failure) = png.readAll(into: pixels.bytes, stride: stride)
    if let failure {
        guard case .corrupt(let why) = failure, hasRows else { throw failure }
        damage = why
    }
    try sink.begin(shape)
    sink.add(rows: pixels.bytes, count: shape.height, stride: stride)
    return damage
}

/// libpng's handle.
private struct PNGReader: ~Copyable {
    private let handle: OpaquePointer
    let info: cm_png_info

    init(_ bytes: UnsafeRawBufferPointer, budget: Budget) throws(DecodeError) {
        var (limits, error, info) = (budget.forC, cm_error(), cm_png_info())
        var handle: OpaquePointer?
        let status = cm_png_open(
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &limits, &handle, &info, &error)
        guard status == .CM_OK, let handle else { throw decodeError(status, error) }
        (self.handle, self.info) = (handle, info)
    }

    deinit { cm_png_close(handle) }

    func start() throws(DecodeError) {
        var error = cm_error()
        let status = cm_png_start(handle, &error)
        guard status == .CM_OK else { throw decodeError(status, error) }
    }

    /// How many of the `count` rows are good, and why not all.
    func read(into rows: UnsafeMutablePointer<UInt8>, stride: Int, count: Int) -> (rows: Int, failure: DecodeError?) {
        var (error, got) = (cm_error(), UInt32(0))
        let status = cm_png_read(handle, rows, stride, UInt32(count), &got, &error)
        return (Int(got), status == .CM_OK ? nil : decodeError(status, error))
    }

    /// Whether any row was read on an error, and the error.
    func readAll(into rows: UnsafeMutablePointer<UInt8>, stride: Int) -> (hasRows: Bool, failure: DecodeError?) {
        var (error, got) = (cm_error(), UInt32(0))
        let status = cm_png_read_all(handle, rows, stride, &got, &error)
        return (got > 0, status == .CM_OK ? nil : decodeError(status, error))
    }

    var damage: String? {
        var error = cm_error()
        return cm_png_damage(handle, &error) == 0 ? nil : error.text
    }
}

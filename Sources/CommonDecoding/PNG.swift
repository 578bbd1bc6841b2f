import CMediaShims
import MediaModel

/// Decodes a PNG: a plain one by `PNGStream`, everything else, and whatever is wrong with a plain one, by libpng.
/// Checksums that do not fit are passed over and told as damage.
package func decodePNG(
    _ bytes: UnsafeRawBufferPointer, budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    let png = try PNGReader(bytes, budget: budget)
    let (width, height) = (Int(png.info.width), Int(png.info.height))
    try budget.checkSize(width: width, height: height)
    let shape = PictureShape(width: width, height: height, channels: Int(png.info.channels))
    var form = shape
    var damage: String?
    // Gray with alpha has no layout of its own.
    if png.info.stored_channels != 2, let stream = try PNGStream(bytes, png.info, budget) {
        form = PictureShape(width: width, height: height, channels: Int(png.info.stored_channels))
        let rows = try streamRows(of: stream, form, budget, into: &sink)
        if rows < height {
            try png.start()
            damage = try streamRows(of: png, shape, from: rows, as: form, budget, into: &sink)
        }
    } else {
        try png.start()
        damage =
            png.info.passes == 1
            ? try streamRows(of: png, shape, from: 0, as: shape, budget, into: &sink)
            : try readInterlaced(png, shape, budget, into: &sink)
    }
    return Picture(
        format: .png, shape: form, exifOrientation: png.info.orientation == 0 ? nil : Int(png.info.orientation),
        damage: damage ?? png.damage, hasFurtherFrames: png.info.frames > 1)
}

/// Returns how many rows could be had.
private func streamRows(
    of stream: PNGStream, _ shape: PictureShape, _ budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Int {
    var rows = 0
    while rows < shape.height, let (band, count) = stream.next() {
        try budget.checkTime()
        if rows == 0 { try sink.begin(shape) }
        sink.add(rows: band, count: count, stride: stream.stride)
        rows += count
    }
    return rows
}

/// Returns what ended the rows early, if anything did.
///
/// - Parameters:
///   - first: the first row to hand on.
///   - form: of the rows before it, if any: the same, or with a fourth byte.
private func streamRows(
    of png: borrowing PNGReader, _ shape: PictureShape, from first: Int, as form: PictureShape, _ budget: Budget,
    into sink: inout some PixelSink
) throws(DecodeError) -> String? {
    let bandRows = min(shape.height, 64)
    let band = try budget.allocate(bandRows * shape.rowBytes)
    let padded = form.channels == 4 ? try budget.allocate(bandRows * form.rowBytes) : band
    var rows = 0
    var damage: String?
    while rows < shape.height {
        let wanted = min(bandRows, shape.height - rows)
        var got = 0
        if damage == nil {
            let failure: DecodeError?
            (got, failure) = png.read(into: band.bytes, stride: shape.rowBytes, count: wanted)
            if let failure {
                guard case .corrupt(let why) = failure, rows + got > 0 else { throw failure }
                damage = "\(why) (row \(rows + got) of \(shape.height))"
            }
        }
        if rows == 0, first == 0 { try sink.begin(form) }
        if got < wanted { band.fillGray(from: got * shape.rowBytes) }
        if form.channels == 4 {
            for pixel in 0..<wanted * shape.width {
                for c in 0..<3 { padded.bytes[4 * pixel + c] = band.bytes[3 * pixel + c] }
            }
        }
        let skipped = min(max(0, first - rows), wanted)
        if skipped < wanted {
            sink.add(rows: padded.bytes + skipped * form.rowBytes, count: wanted - skipped, stride: form.rowBytes)
        }
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

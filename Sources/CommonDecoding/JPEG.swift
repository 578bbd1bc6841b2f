import CMediaShims
package import MediaModel

/// Decodes a JPEG as the reference does: libjpeg-turbo, accurate IDCT, fancy upsampling. For a fast hash, only its
/// luma, and of a large progressive file only the scans that such a hash needs. The usual kind of undamaged file is
/// decoded without libjpeg, to the same pixels; when it turns out to be another, libjpeg starts anew.
package func decodeJPEG(
    _ bytes: UnsafeRawBufferPointer, precision: HashPrecision, budget: Budget, into sink: inout some PixelSink
) throws(DecodeError) -> Picture {
    // libjpeg wants the marker first; some files have other bytes before it.
    let start = bytes.starts(with: [0xFF, 0xD8]) ? 0 : leadingGarbage(bytes) ?? 0
    let jpeg = try JPEGReader(UnsafeRawBufferPointer(rebasing: bytes[start...]), budget: budget)
    let (width, height) = (Int(jpeg.info.width), Int(jpeg.info.height))
    try budget.checkSize(width: width, height: height)
    let form = rowForm(of: jpeg.info, bytes, precision)
    let orientation = jpeg.info.orientation == 0 ? nil : Int(jpeg.info.orientation)
    let beginning = start == 0 ? nil : "the picture starts at byte \(start)"
    if let scan = jpeg.baselineScan,
        let shape = try decodeBaseline(
            scan, UnsafeRawBufferPointer(rebasing: bytes[start...]), width: width, height: height,
            reduction: Int(form.reduction), luma: form.luma != 0, budget: budget, into: &sink)
    {
        return Picture(format: .jpeg, shape: shape, exifOrientation: orientation, damage: beginning)
    }
    try jpeg.start(form)

    let stored = form.luma == 0 ? Int(jpeg.info.channels) : 1
    let shape = PictureShape(
        width: width, height: height, channels: min(stored, 3), reduction: Int(form.reduction))
    let rowPixels = shape.rowBytes / shape.channels
    let bandRows = min(shape.rowCount, 64)
    let band = try budget.allocate(bandRows * rowPixels * stored)
    let colours = stored == 4 ? try budget.allocate(bandRows * rowPixels * 3) : band
    try sink.begin(shape)
    var rows = 0
    var damage: String?
    while rows < shape.rowCount {
        try budget.checkTime()
        var got = 0
        if damage == nil {
            do throws(DecodeError) {
                got = try jpeg.read(into: band.bytes, stride: rowPixels * stored, count: bandRows)
                if got == 0 { damage = "no data after row \(rows * shape.reduction) of \(height)" }
            } catch .corrupt(let why) {
                guard rows > 0 else { throw .corrupt(why) }
                damage = "\(why) (row \(rows * shape.reduction) of \(height))"
            }
        }
        if got == 0 {
            // libjpeg itself paints gray over all lesser damage.
            got = min(bandRows, shape.rowCount - rows)
            colours.fillGray()
        } else if stored == 4 {
            convertInvertedCMYK(band.bytes, to: colours.bytes, pixels: got * rowPixels)
        }
        sink.add(rows: colours.bytes, count: got, stride: shape.rowBytes)
        rows += got
    }
    if damage == nil { damage = try jpeg.damage() }
    return Picture(
        format: .jpeg, shape: shape, exifOrientation: orientation, damage: damage ?? beginning)
}

/// From this short side on, pixels, the finer detail of a progressive file lies beneath the hash's samples.
private let coarseSide = 1024

/// What a hash of the given precision needs of a file. Measured distances to the exact hash: Benchmarks/README.md.
private func rowForm(
    of info: cm_jpeg_info, _ bytes: UnsafeRawBufferPointer, _ precision: HashPrecision
) -> cm_jpeg_rows {
    guard precision == .fast, info.has_luma != 0 else { return cm_jpeg_rows(luma: 0, reduction: 1, frequencies: 64) }
    let side = Int(min(info.width, info.height))
    // The 64 samples of the hash rest on half of the pixels between two of them: eight or more pixels are enough.
    let reduction = [8, 4, 2].first { side / $0 >= 512 } ?? 1
    // Damage in scans that are not read would go unnoticed: a file that is cut off is read to its end.
    guard info.is_progressive != 0, side >= coarseSide, hasEndMarker(bytes) else {
        return cm_jpeg_rows(luma: 1, reduction: UInt32(reduction), frequencies: 64)
    }
    // The means alone of blocks of 8 x 8 pixels, where there are many; else the five lowest frequencies too, which
    // encoders put into one scan after the means.
    return side / 8 >= 360
        ? cm_jpeg_rows(luma: 1, reduction: 8, frequencies: 1)
        : cm_jpeg_rows(luma: 1, reduction: UInt32(reduction), frequencies: 6)
}

/// Whether the end of the picture is near the end of the file.
private func hasEndMarker(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let tail = bytes.suffix(4096)
    return zip(tail, tail.dropFirst()).contains { $0 == (0xFF, 0xD9) }
}

/// CMYK as Adobe stores it, inverted: 255 is no ink. The same arithmetic as Pillow's
/// `convert("RGB")` and ImageMagick, so that hashes agree.
private func convertInvertedCMYK(_ cmyk: UnsafePointer<UInt8>, to rgb: UnsafeMutablePointer<UInt8>, pixels: Int) {
    for i in 0..<pixels {
        let light = Int(cmyk[4 * i + 3])
        for c in 0..<3 {
            // Pillow: clip(light - light * ink / 255), ink = 255 - stored, the product rounded.
            let product = light * (255 - Int(cmyk[4 * i + c])) + 128
            rgb[3 * i + c] = UInt8(clamping: light - ((product >> 8) + product) >> 8)
        }
    }
}

/// libjpeg's handle.
private struct JPEGReader: ~Copyable {
    private let handle: OpaquePointer
    let info: cm_jpeg_info

    init(_ bytes: UnsafeRawBufferPointer, budget: Budget) throws(DecodeError) {
        var (limits, error, info) = (budget.forC, cm_error(), cm_jpeg_info())
        var handle: OpaquePointer?
        let status = cm_jpeg_open(
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &limits, &handle, &info, &error)
        guard status == .CM_OK, let handle else { throw decodeError(status, error) }
        (self.handle, self.info) = (handle, info)
    }

    deinit { cm_jpeg_close(handle) }

    /// What `BaselineScan` decodes, where the file is such. Good until the start.
    var baselineScan: cm_jpeg_scan? {
        var scan = cm_jpeg_scan()
        return cm_jpeg_baseline_scan(handle, &scan) != 0 ? scan : nil
    }

    func start(_ form: cm_jpeg_rows) throws(DecodeError) {
        var (form, error) = (form, cm_error())
        let status = cm_jpeg_start(handle, &form, &error)
        guard status == .CM_OK else { throw decodeError(status, error) }
    }

    func read(into rows: UnsafeMutablePointer<UInt8>, stride: Int, count: Int) throws(DecodeError) -> Int {
        var (error, got) = (cm_error(), UInt32(0))
        let status = cm_jpeg_read(handle, rows, stride, UInt32(count), &got, &error)
        guard status == .CM_OK || got > 0 else { throw decodeError(status, error) }
        return Int(got)
    }

    /// What libjpeg painted over. - Throws: when it painted everything.
    func damage() throws(DecodeError) -> String? {
        var error = cm_error()
        switch cm_jpeg_damage(handle, &error) {
        case 0: return nil
        case 1: return error.text
        default: throw .corrupt(error.text)
        }
    }
}

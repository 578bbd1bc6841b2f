public import CMediaShims

private let noLimits = cm_limits(memory: 1 << 32, cpu_deadline: .max, jpeg_scans: 1000)

/// libjpeg by itself, whatever its rows are good for.
public final class LibJPEG {
    private let handle: OpaquePointer
    public let info: cm_jpeg_info

    public init?(_ bytes: UnsafeRawBufferPointer) {
        var (limits, error, info) = (noLimits, cm_error(), cm_jpeg_info())
        var handle: OpaquePointer?
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        guard cm_jpeg_open(start, bytes.count, &limits, &handle, &info, &error) == .CM_OK, let handle else {
            return nil
        }
        (self.handle, self.info) = (handle, info)
    }

    deinit { cm_jpeg_close(handle) }

    /// All rows; false where there is no such form of them.
    ///
    /// - Parameters:
    ///   - reduction: each pixel stands for so many across and down.
    ///   - use: takes rows as they come, with their bytes.
    public func decode(luma: Bool, reduction: Int = 1, _ use: (UnsafeBufferPointer<UInt8>) -> Void = { _ in }) -> Bool {
        guard !luma || info.has_luma != 0 else { return false }
        var (error, got) = (cm_error(), UInt32(0))
        var rows = cm_jpeg_rows(luma: luma ? 1 : 0, reduction: UInt32(reduction), frequencies: 64)
        guard cm_jpeg_start(handle, &rows, &error) == .CM_OK else { return false }
        let stride = (Int(info.width) + reduction - 1) / reduction * (luma ? 1 : Int(info.channels))
        let band = UnsafeMutablePointer<UInt8>.allocate(capacity: stride * 64)
        defer { band.deallocate() }
        repeat {
            let status = cm_jpeg_read(handle, band, stride, 64, &got, &error)
            use(UnsafeBufferPointer(start: band, count: Int(got) * stride))
            guard status == .CM_OK else { return false }
        } while got > 0
        return true
    }

    /// Whether something was wrong with what was read.
    public var isDamaged: Bool {
        var error = cm_error()
        return cm_jpeg_damage(handle, &error) != 0
    }
}

/// libpng by itself: the oracle of every faster way.
public final class LibPNG {
    private let handle: OpaquePointer
    public let info: cm_png_info

    public init?(_ bytes: UnsafeRawBufferPointer) {
        var (limits, error, info) = (noLimits, cm_error(), cm_png_info())
        var handle: OpaquePointer?
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        guard cm_png_open(start, bytes.count, &limits, &handle, &info, &error) == .CM_OK, let handle else {
            return nil
        }
        (self.handle, self.info) = (handle, info)
    }

    deinit { cm_png_close(handle) }

    /// Hands rows on as they come; false when they ended early. - Precondition: it is not interlaced.
    public func decode(_ use: (UnsafePointer<UInt8>, Int) -> Void) -> Bool {
        precondition(info.passes == 1)
        var (error, got) = (cm_error(), UInt32(0))
        guard cm_png_start(handle, &error) == .CM_OK else { return false }
        let stride = Int(info.width) * Int(info.channels)
        let band = UnsafeMutablePointer<UInt8>.allocate(capacity: stride * 64)
        defer { band.deallocate() }
        var rows = 0
        while rows < Int(info.height) {
            let count = min(64, Int(info.height) - rows)
            let status = cm_png_read(handle, band, stride, UInt32(count), &got, &error)
            use(band, Int(got))
            guard status == .CM_OK else { return false }
            rows += count
        }
        return true
    }
}

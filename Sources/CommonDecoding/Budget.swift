import CMediaShims
import Glibc
package import MediaModel

/// What is left of the limits for the item at hand.
package struct Budget {
    package let limits: ItemLimits
    /// Scans of a progressive JPEG; encoders write about ten.
    static let progressiveScans: UInt32 = 64
    /// CPU time of the process, in ns, at which to give up.
    package let deadline: UInt64

    /// - Parameter seconds: of CPU time, if not those of a picture.
    package init(_ limits: ItemLimits, seconds: Int? = nil) {
        self.limits = limits
        deadline = cm_cpu_time() + UInt64(max(0, seconds ?? limits.seconds)) * 1_000_000_000
    }

    /// The same for the C side.
    var forC: cm_limits {
        cm_limits(
            memory: UInt64(limits.memory), cpu_deadline: deadline, jpeg_scans: Self.progressiveScans)
    }

    package func checkSize(width: Int, height: Int) throws(DecodeError) {
        guard width > 0, height > 0 else { throw .corrupt("a picture of \(width) x \(height) pixels") }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= limits.pixels else { throw .tooManyPixels(width: width, height: height) }
    }

    package func checkTime() throws(DecodeError) {
        if cm_cpu_time() > deadline { throw .tooSlow }
    }

    /// Room for `count` bytes, checked against the limit and against the system's.
    package func allocate(_ count: Int) throws(DecodeError) -> PixelBuffer {
        guard count <= limits.memory, let buffer = PixelBuffer(count: count) else { throw .tooMuchMemory }
        return buffer
    }
}

/// Bytes that a failed allocation leaves absent instead of stopping the process.
package final class PixelBuffer {
    package let bytes: UnsafeMutablePointer<UInt8>
    package let count: Int

    init?(count: Int) {
        guard let memory = malloc(max(1, count)) else { return nil }
        bytes = memory.assumingMemoryBound(to: UInt8.self)
        self.count = count
    }

    deinit { free(bytes) }

    /// Mid-gray, as libjpeg paints what is missing.
    func fillGray(from offset: Int = 0) { (bytes + offset).update(repeating: 128, count: count - offset) }
}

import CKernels
import Glibc
import MediaModel

/// What an inverted list holds of a hash: in the upper 24 bits of its first word the number of the picture, in the lowest
/// ones its signature.
protocol Posting: Comparable, Sendable, BitwiseCopyable {
    var word: UInt64 { get set }

    /// How many a bucket has on average, to twice as many, of so many.
    static func bucketPostings(_ count: Int) -> Int
    /// How many a query looks at, beyond those of its own bucket.
    static var mostPostings: Int { get }

    /// As the kernels' `scan_postings`.
    static func scan(
        _ kernels: Kernels, _ postings: UnsafePointer<Self>, _ runs: UnsafeBufferPointer<ck_run>, _ code: SampledCode,
        _ found: UnsafeMutableBufferPointer<ck_near>
    ) -> Int
}

extension Posting {
    /// Its bytes in a file.
    static var byteCount: Int { MemoryLayout<Self>.stride }

    /// Of a list of so many.
    static func bucketBits(_ count: Int) -> Int {
        let buckets = count / bucketPostings(count)
        return max(8, min(22, buckets.bitWidth - buckets.leadingZeroBitCount - 1))
    }

    var picture: Int {
        get { Int(word >> 40) }
        set { word = UInt64(newValue) << 40 | word & (1 << 40 - 1) }
    }
}

/// Pictures that have numbers.
let maximumStoredPictures = 1 << 24

/// Of a crop: a signature of 40 bits. An item asks for some dozens only, so buckets may be large as long as all of them
/// are near in memory: the less bits tell them, the less neighbours are missed.
struct CropPosting: Posting {
    var word: UInt64
    static func bucketPostings(_ count: Int) -> Int { count > 1 << 22 ? 32 : 128 }
    static let mostPostings = 1 << 20
    private static let mask: UInt64 = 1 << 40 - 1

    init(_ code: SampledCode, picture: Int) { word = UInt64(picture) << 40 | code.bits & Self.mask }

    static func < (a: Self, b: Self) -> Bool { a.word < b.word }

    static func scan(
        _ kernels: Kernels, _ postings: UnsafePointer<Self>, _ runs: UnsafeBufferPointer<ck_run>, _ code: SampledCode,
        _ found: UnsafeMutableBufferPointer<ck_near>
    ) -> Int {
        postings.withMemoryRebound(to: UInt64.self, capacity: 1) {
            kernels.table.pointee.scan_postings(
                $0, runs.baseAddress, runs.count, code.bits, mask, found.baseAddress, found.count)
        }
    }
}

/// Of a local feature: between number and signature its angle and its size, of 5 bits each; the signature has 30 bits,
/// and the 64 of the second word. Descriptors crowd: with 40 bits most that are near would be strangers.
struct FeaturePosting: Posting {
    var word: UInt64
    let more: UInt64
    static func bucketPostings(_ count: Int) -> Int { 16 }
    static let mostPostings = 4096
    private static let mask: UInt64 = 1 << 30 - 1

    /// The angle is kept to a 32nd of a turn, the size to half an octave.
    init(_ code: SampledCode, _ feature: LocalFeature, picture: Int) {
        let size = min(31, Int((2 * log2(Float(max(1, feature.radius)))).rounded()))
        word = UInt64(picture) << 40 | UInt64(feature.angle >> 11) << 35 | UInt64(size) << 30 | code.bits & Self.mask
        more = code.more
    }

    static func < (a: Self, b: Self) -> Bool { (a.word, a.more) < (b.word, b.more) }

    /// In 65536ths of a turn.
    var angle: UInt16 { UInt16(word >> 35 & 31) << 11 | 1 << 10 }
    /// In 65536ths of the picture's longer side.
    var radius: UInt16 { Self.sizes[Int(word >> 30 & 31)] }

    private static let sizes: [UInt16] = (0..<32).map { UInt16(min(65535, pow(2, Float($0) / 2)).rounded()) }

    static func scan(
        _ kernels: Kernels, _ postings: UnsafePointer<Self>, _ runs: UnsafeBufferPointer<ck_run>, _ code: SampledCode,
        _ found: UnsafeMutableBufferPointer<ck_near>
    ) -> Int {
        postings.withMemoryRebound(to: UInt64.self, capacity: 1) { postings in
            withUnsafePointer(to: (code.bits, code.more)) { signature in
                signature.withMemoryRebound(to: UInt64.self, capacity: 2) {
                    kernels.table.pointee.scan_wide_postings(
                        postings, runs.baseAddress, runs.count, $0, mask, found.baseAddress, found.count)
                }
            }
        }
    }
}

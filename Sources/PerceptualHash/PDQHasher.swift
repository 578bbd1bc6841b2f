import CKernels
public import MediaModel

/// How the pixels of a row are stored.
public enum PixelLayout: Sendable {
    /// One byte a pixel.
    case gray
    /// Three bytes a pixel, R first.
    case rgb
    /// Four bytes a pixel, R first; the last one means nothing.
    case rgbx

    /// - Precondition: 1, 3 or 4 bytes a pixel.
    public init(channels: Int) {
        switch channels {
        case 1: self = .gray
        case 3: self = .rgb
        case 4: self = .rgbx
        default: preconditionFailure("\(channels) bytes a pixel")
        }
    }

    /// Bytes a pixel.
    public var channels: Int {
        switch self {
        case .gray: 1
        case .rgb: 3
        case .rgbx: 4
        }
    }
}

/// Hashes a picture whose rows of 8-bit pixels come one after the other: luma, blur,
/// grid, DCT, bits (SPEC 1).
///
/// Not thread-safe.
public final class PDQHasher {
    private let width: Int
    /// Of the picture, or of the rows that come when it is reduced.
    private let height: Int
    private let layout: PixelLayout
    private let kernels: Kernels
    private let wanted: HashSet
    private var rows = 0
    /// Takes rows as they come (full-size convention).
    private var builder: GridBuilder?
    /// Or this does, when a fast hash is enough.
    private var tent: TentFilter?
    /// Or they are sampled first and the grid is built at the end (CLI convention).
    private var sampler: NearestSampler?
    private let lattice: ReferenceLattice?

    /// - Parameters:
    ///   - width: pixels, at least 1.
    ///   - height: pixels, at least 1.
    ///   - layout: of the rows that will come.
    ///   - wanted: which hashes; the reference set goes with the full-size convention only.
    ///   - precision: fast goes with the full-size convention, and not with the reference set.
    ///   - reduction: each pixel of the rows is the mean of so many across and down; 1 unless the precision is fast.
    public init(
        width: Int, height: Int, layout: PixelLayout, convention: HashConvention = .fullSize,
        wanted: HashSet = .single, precision: HashPrecision = .exact, reduction: Int = 1,
        kernels: Kernels = .active
    ) {
        precondition(width > 0 && height > 0 && (reduction == 1 || precision == .fast))
        precondition(wanted != .reference || (convention == .fullSize && precision == .exact))
        (self.width, self.layout, self.kernels) = (width, layout, kernels)
        self.height = (height + reduction - 1) / reduction
        self.wanted = wanted
        lattice = wanted == .reference ? ReferenceLattice(width: width, height: height) : nil
        switch convention {
        case .fullSize
        where precision == .fast && Self.fastSides.contains(min(width, height))
            && Self.fastSides.contains(max(width, height)):
            tent = TentFilter(
                width: width, height: height, layout: layout, reduction: reduction, kernels: kernels)
        case .fullSize: builder = GridBuilder(width: width, height: height, kernels: kernels)
        case .aligned, .derived: preconditionFailure("only the registry has these hashes")
        case .cli512: sampler = NearestSampler(width: width, height: height, layout: layout)
        }
    }

    /// Sides, in pixels, whose pictures have a fast form: with fewer, PDQ's own rounding is part of the hash; with more,
    /// weights would need more than 16 bits.
    private static let fastSides = 64...1_000_000
    /// Undecided values of a fast hash, at most.
    private static let undecidedLimit = 10

    /// Bytes that hashing such a picture takes beside its rows.
    public static func memory(width: Int, height: Int, precision: HashPrecision) -> Int {
        switch precision {
        case .exact: JaroszFilter.memory(width: width, height: height) + 1 << 20
        case .fast where fastSides.contains(max(width, height)):
            TentFilter.memory(width: width, height: height) + 1 << 20
        case .fast: memory(width: width, height: height, precision: .exact)
        }
    }

    /// Takes the next `count` rows, `stride` bytes apart.
    ///
    /// - Precondition: not more than `height` rows come in all.
    public func add(rows pixels: UnsafePointer<UInt8>, count: Int, stride: Int) {
        precondition(rows + count <= height)
        rows += count
        if let tent { return tent.add(rows: pixels, count: count, stride: stride) }
        for row in 0..<count {
            let pixelRow = pixels + row * stride
            sampler?.add(row: pixelRow)
            builder?.addRow { luma in
                // A gray picture hashes like the same picture stored as RGB.
                convert(pixelRow, to: luma)
                lattice?.addRow(luma)
            }
        }
    }

    /// The hashes. - Precondition: all rows were taken.
    public func finish() -> PDQ {
        precondition(rows == height, "the picture is not complete")
        guard let grid = tent?.finish() ?? builder.map({ $0.finish() }) ?? sampler.map(sampledGrid) ?? nil else {
            return .tooSmall(wanted)
        }
        let block = DCTBlock(of: grid, kernels: kernels)
        let own = OrientedHash(orientation: .orig, hash: block.hash)
        let hashes: [OrientedHash] =
            switch wanted {
            case .single: [own]
            case .dihedral:
                zip(Dihedral.allCases, block.dihedralHashes).map { OrientedHash(orientation: $0, hash: $1) }
            case .reference: [own] + lattice!.hashes(kernels: kernels)
            }
        return PDQ(
            feature: Feature(hash: own.hash, quality: grid.quality, isDegenerate: block.isDegenerate), hashes: hashes,
            isUncertain: tent != nil && block.undecidedCount > Self.undecidedLimit)
    }

    private func sampledGrid(_ sampler: NearestSampler) -> LumaGrid? {
        let builder = GridBuilder(width: sampler.width, height: sampler.height, kernels: kernels)
        sampler.pixels.withUnsafeBufferPointer { pixels in
            let stride = sampler.width * layout.channels
            for y in 0..<sampler.height {
                builder.addRow { luma in
                    let row = pixels.baseAddress! + y * stride
                    if layout == .gray || sampler.isGray {
                        // This convention takes gray values as they are.
                        for x in 0..<sampler.width { luma[x] = Float(row[layout.channels * x]) }
                    } else {
                        convert(row, to: luma, width: sampler.width)
                    }
                }
            }
        }
        return builder.finish()
    }

    private func convert(_ pixels: UnsafePointer<UInt8>, to luma: UnsafeMutablePointer<Float>, width: Int? = nil) {
        let width = width ?? self.width
        switch layout {
        case .gray: kernels.table.pointee.luma_gray(pixels, width, luma)
        case .rgb: kernels.table.pointee.luma_rgb(pixels, width, luma)
        case .rgbx: kernels.table.pointee.luma_rgbx(pixels, width, luma)
        }
    }
}

import CommonDecoding
import LocalFeatures
import MediaModel
import PerceptualHash
import PictureRegions
import WorkerProtocol

/// Local features that are kept of a reference.
private let referenceFeatures = 800
/// Local features that an item is compared by: more, because a copy may be a small part of it.
private let itemFeatures = 900

/// Decoded rows go straight into the hash.
struct HashingSink: PixelSink {
    let convention: HashConvention
    let wanted: HashSet
    let precision: HashPrecision
    /// Bytes that the hasher may take.
    let memory: Int
    private var hasher: PDQHasher?
    private var luma: LumaReducer?
    private let depth: SearchDepth
    private let wantsLuma: Bool

    init(_ request: WorkerRequest, precision: HashPrecision? = nil) {
        (convention, wanted, depth) = (request.convention, request.wanted, request.depth)
        self.precision = precision ?? request.precision
        memory = request.limits.memory
        wantsLuma = request.depth > .quick || request.wantsThumbnail
    }

    mutating func begin(_ shape: PictureShape) throws(DecodeError) {
        // A very wide picture costs more in the filter than in its decoder.
        let needed =
            PDQHasher.memory(width: shape.width, height: shape.height, precision: precision)
            + (wantsLuma ? LumaReducer.memory(width: shape.width) : 0)
        guard needed <= memory else { throw .tooMuchMemory }
        luma = nil
        if wantsLuma {
            luma = LumaReducer(
                width: shape.rowBytes / shape.channels, height: shape.rowCount, channels: shape.channels)
        }
        hasher = PDQHasher(
            width: shape.width, height: shape.height, layout: PixelLayout(channels: shape.channels),
            convention: convention, wanted: wanted, precision: precision, reduction: shape.reduction)
    }

    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        hasher!.add(rows: rows, count: count, stride: stride)
        luma?.add(rows: rows, count: count, stride: stride)
    }

    /// - Precondition: a picture was decoded into it.
    func finish() -> PDQ { hasher!.finish() }

    /// - Precondition: a picture was decoded into it.
    var thumbnail: Thumbnail? { (luma?.finish()).map { Thumbnail(blurring: $0) } }

    /// What the request wants of the picture beside its hashes. - Precondition: a picture was decoded into it.
    func details(_ request: WorkerRequest) -> PictureDetails {
        guard depth > .quick, let picture = luma?.finish() else { return .none }
        let isReference = request.wanted == .reference
        var details = PictureDetails(
            hashes: isReference
                ? referenceCrops(picture, gate: .usualGate) : itemRegions(picture, gate: .usualGate))
        guard depth == .full else { return details }
        details.features = picture.pixels.withUnsafeBufferPointer { pixels in
            localFeatures(
                luma: pixels.baseAddress!, width: picture.width, height: picture.height, stride: picture.width,
                maximumCount: isReference ? referenceFeatures : itemFeatures)
        }
        return details
    }
}

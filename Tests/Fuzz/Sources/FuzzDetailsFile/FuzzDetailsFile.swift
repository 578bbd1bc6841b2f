import FuzzIndexSupport
import HashIndex
import MediaModel

/// A details file with some bytes changed: an error, or what is found in the sound one; and with checksums made to fit,
/// whatever it says, no read outside of it.
/// The input is that of `ChangedBytes`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard var input = ChangedBytes(sound.bytes, data, count) else { return -1 }
    if input.isSealed { DetailsFile.seal(&input.bytes) }
    let found = try? search(input.bytes, sound.pictures)
    if !input.isSealed, let found { precondition(found == sound.found, "a damaged file changed what is found") }
    return 0
}

private func search(_ bytes: [UInt8], _ known: [PictureDetails]) throws -> [Int] {
    let file = try DetailsFile(bytes: bytes)
    let pictures = try file.pictures()
    let stored = StoredDetails(
        file: file, pictures: pictures, isLeftOut: pictures.map { _ in false },
        fetch: { picture in known.first { _ in picture.quality != nil } }, recover: { throw $0 })
    var found: [Int] = []
    for picture in known.prefix(6) {
        found += stored.pictures(nearCrops: picture.hashes.map(\.hash))
        let hits = stored.features(near: picture.features.map(\.descriptor))
        for hit in hits { found += [hit.query, hit.number, Int(hit.angle), Int(hit.radius)] }
        found.append(stored.features(of: hits, in: picture).count)
    }
    if let failure = stored.failure { throw failure }
    return found
}

private struct Sound {
    let bytes: [UInt8]
    var pictures: [PictureDetails] = []
    let found: [Int]

    init() {
        var state: UInt64 = 1
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
        func hash() -> Hash256 { Hash256(next(), next(), next(), next()) }
        var builder = DetailsFileBuilder()
        for number in 0..<60 {
            let crops = (0..<8).map { _ in
                RegionHash(window: .whole, kind: .crop, hash: hash(), quality: Quality(rawValue: 90))
            }
            let features = (0..<30).map { _ in
                LocalFeature(
                    x: 9, y: 9, radius: UInt16(next() % 8000), angle: UInt16(next() % 65536), descriptor: hash())
            }
            pictures.append(PictureDetails(hashes: crops, features: features))
            builder.add(
                pictures[number],
                of: StoredPicture(
                    reference: ReferenceID(rawValue: Int64(number / 2)), milliseconds: number % 2 == 0 ? nil : 40,
                    check: 7, quality: number % 2 == 0 ? Quality(rawValue: 90) : nil))
        }
        bytes = try! builder.bytes(stamp: IndexStamp(registry: Array(1...16), generation: 5))
        found = try! search(bytes, pictures)
    }
}

private let sound = Sound()

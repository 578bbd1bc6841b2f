public import MediaModel

/// The strongest local features of a plane: any number of the first ones keeps the mix of sizes and places.
///
/// FAST corners at eight sizes, each described by 256 comparisons of boxes in a patch of 32 pixels at its size, turned to
/// the patch's brighter side. Whole numbers decide, so every CPU gives the same.
///
/// - Parameters:
///   - luma: `height` rows of `width` pixels, `stride` bytes apart: a picture or a part of one. 400 to 800 pixels a side
///     serve best; sides under 48 give nothing.
public func localFeatures(
    luma: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int, maximumCount: Int
) -> [LocalFeature] {
    localFeatures(
        luma: luma, width: width, height: height, stride: stride, maximumCount: maximumCount, kernels: .active)
}

package func localFeatures(
    luma: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int, maximumCount: Int, kernels: Kernels
) -> [LocalFeature] {
    let pyramid = Pyramid(luma: luma, width: width, height: height, stride: stride, kernels: kernels)
    let all = pyramid.levels.enumerated().flatMap { corners(of: $0.element, number: $0.offset, kernels: kernels) }
    return selected(all, levels: pyramid.levels, count: maximumCount).map { corner in
        let level = pyramid.levels[corner.level]
        let direction = direction(of: corner, in: level, kernels: kernels)
        let descriptor = descriptor(of: corner, direction: direction, in: level, kernels: kernels)
        let x = (Float(corner.x) + 0.5) / Float(level.width)
        let y = (Float(corner.y) + 0.5) / Float(level.height)
        return LocalFeature(
            x: fraction(x), y: fraction(y),
            radius: fraction(16 * level.scale / Float(max(width, height))),
            angle: UInt16(direction * (65536 / directions)), descriptor: descriptor)
    }
}

private func fraction(_ part: Float) -> UInt16 { UInt16(min(65535, max(0, part * 65536))) }

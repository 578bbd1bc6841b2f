import MediaModel

/// Fills the bands of a block whose codes are there.
///
/// A counting sort by each band's value, in two steps: first by its upper half, so that the second step's places all lie
/// in the cache.
func buildBands(of layout: BandLayout, at base: UnsafeMutableRawPointer) {
    guard layout.count > 0 else { return }
    let codes = UnsafePointer((base + layout.codes).assumingMemoryBound(to: Hash256.self))
    // Of each band, how many values have each upper half.
    var counts = [UInt32](repeating: 0, count: 256 * BandLayout.bands)
    counts.withUnsafeMutableBufferPointer { counts in
        for row in 0..<layout.count {
            let code = codes[row]
            for band in 0..<BandLayout.bands { counts[band << 8 | Int(code.band(band) >> 8)] &+= 1 }
        }
    }
    let memory = IndexMemory(count: 8 * layout.count)
    let partition = memory.base.assumingMemoryBound(to: Place.self)
    for band in 0..<BandLayout.bands {
        var starts = [UInt32](repeating: 0, count: 257)
        for half in 0..<256 { starts[half + 1] = starts[half] + counts[band << 8 | half] }
        divide(codes, layout.count, band, starts, into: partition)
        fill(band, from: partition, starts, layout, at: base)
    }
}

/// What is to be known of a row in a band.
private struct Place: BitwiseCopyable {
    let row: UInt32
    let value: UInt16
    let sketch: UInt16
}

private func divide(
    _ codes: UnsafePointer<Hash256>, _ count: Int, _ band: Int, _ starts: [UInt32],
    into partition: UnsafeMutablePointer<Place>
) {
    var next = starts
    let following = (band + 1) % BandLayout.bands
    next.withUnsafeMutableBufferPointer { next in
        for row in 0..<count {
            let code = codes[row]
            let value = code.band(band)
            let half = Int(value >> 8)
            partition[Int(next[half])] = Place(
                row: UInt32(truncatingIfNeeded: row), value: value, sketch: code.band(following))
            next[half] &+= 1
        }
    }
}

private func fill(
    _ band: Int, from partition: UnsafePointer<Place>, _ halves: [UInt32], _ layout: BandLayout,
    at base: UnsafeMutableRawPointer
) {
    let starts = (base + layout.starts(band)).assumingMemoryBound(to: UInt32.self)
    let sketches = (base + layout.sketches(band)).assumingMemoryBound(to: UInt16.self)
    let rows = (base + layout.rows(band)).assumingMemoryBound(to: UInt32.self)
    for half in 0..<256 {
        let part = Int(halves[half])..<Int(halves[half + 1])
        let first = starts + 256 * half
        // How many each bucket has, then where each one's next place is.
        for bucket in 0..<256 { first[bucket] = 0 }
        for place in part { first[Int(partition[place].value & 255)] &+= 1 }
        var sum = halves[half]
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 256) { next in
            for bucket in 0..<256 {
                next[bucket] = sum
                sum &+= first[bucket]
                first[bucket] = next[bucket]
            }
            for at in part {
                let place = partition[at]
                let bucket = Int(place.value & 255)
                let target = Int(next[bucket])
                next[bucket] &+= 1
                rows[target] = place.row
                sketches[target] = place.sketch
            }
        }
    }
    starts[BandLayout.buckets] = UInt32(truncatingIfNeeded: layout.count)
}

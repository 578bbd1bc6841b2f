import MediaModel

/// Fills the bands of a block whose codes are there.
func buildBands(of layout: BandLayout, at base: UnsafeMutableRawPointer) {
    guard layout.count > 0 else { return }
    let codes = UnsafePointer((base + layout.codes).assumingMemoryBound(to: Hash256.self))
    let building = BandBuilding(codes: codes, count: layout.count)
    for band in 0..<BandLayout.bands { building.fill(band, layout, at: base + layout.starts(band)) }
}

/// A counting sort by each band's bucket, in two steps: first by the upper half of the value, so that the second step's places all lie
/// in the cache.
final class BandBuilding {
    /// What is to be known of a row in a band.
    private struct Place: BitwiseCopyable {
        let row: UInt32
        let value: UInt16
        let sketch: UInt16
    }

    /// The codes' bands: 16 a row, because a code's words are stored with the lowest byte first.
    private let values: UnsafePointer<UInt16>
    private let count: Int
    private let memory: IndexMemory
    private let partition: UnsafeMutablePointer<Place>
    /// Of each band, how many values have each upper half.
    private var counts = [UInt32](repeating: 0, count: 256 * BandLayout.bands)

    /// - Precondition: there are codes, and they stay where they are.
    init(codes: UnsafePointer<Hash256>, count: Int) {
        (values, self.count) = (UnsafeRawPointer(codes).assumingMemoryBound(to: UInt16.self), count)
        memory = IndexMemory(count: MemoryLayout<Place>.stride * count)
        partition = memory.base.assumingMemoryBound(to: Place.self)
        counts.withUnsafeMutableBufferPointer { counts in
            for row in 0..<count {
                for band in 0..<BandLayout.bands {
                    counts[band << 8 | Int(values[BandLayout.bands * row + band] >> 8)] &+= 1
                }
            }
        }
    }

    /// Writes the starts, sketches and rows of a band, in this order, to the zeroed memory at `base`.
    func fill(_ band: Int, _ layout: BandLayout, at base: UnsafeMutableRawPointer) {
        var halves = [UInt32](repeating: 0, count: 257)
        for half in 0..<256 { halves[half + 1] = halves[half] + counts[band << 8 | half] }
        divide(band, halves)
        let starts = base.assumingMemoryBound(to: UInt32.self)
        let sketches = (base + layout.startsBytes).assumingMemoryBound(to: UInt16.self)
        let rows = (base + layout.startsBytes + layout.sketchesBytes).assumingMemoryBound(to: UInt32.self)
        let (buckets, shift) = (layout.buckets / 256, UInt16(layout.shift))
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 256) { next in
            for half in 0..<256 {
                let part = Int(halves[half])..<Int(halves[half + 1])
                let first = starts + buckets * half
                // How many each bucket has, then where each one's next place is.
                for bucket in 0..<buckets { first[bucket] = 0 }
                for place in part { first[Int((partition[place].value & 255) &>> shift)] &+= 1 }
                var sum = halves[half]
                for bucket in 0..<buckets {
                    next[bucket] = sum
                    sum &+= first[bucket]
                    first[bucket] = next[bucket]
                }
                for at in part {
                    let place = partition[at]
                    let bucket = Int((place.value & 255) &>> shift)
                    let target = Int(next[bucket])
                    next[bucket] &+= 1
                    rows[target] = place.row
                    sketches[target] = place.sketch
                }
            }
        }
        starts[layout.buckets] = UInt32(truncatingIfNeeded: count)
    }

    private func divide(_ band: Int, _ starts: [UInt32]) {
        let following = (band + 1) % BandLayout.bands
        var next = starts
        next.withUnsafeMutableBufferPointer { next in
            for row in 0..<count {
                let code = values + BandLayout.bands * row
                let half = Int(code[band] >> 8)
                partition[Int(next[half])] = Place(
                    row: UInt32(truncatingIfNeeded: row), value: code[band], sketch: code[following])
                next[half] &+= 1
            }
        }
    }
}

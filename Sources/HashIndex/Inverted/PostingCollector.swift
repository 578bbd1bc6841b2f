/// Postings on the way to their buckets.
struct PostingCollector<P: Posting> {
    /// The upper bits of their codes.
    private var keys: [UInt32] = []
    private var postings: [P] = []
    /// Of those that were taken over, bits of `keys` that are known; else all.
    private var knownBits = 32

    var count: Int { postings.count }

    mutating func add(_ code: SampledCode, _ posting: P) {
        keys.append(UInt32(code.bits >> 32))
        postings.append(posting)
    }

    /// - Parameter numbers: of each of the list's pictures, the one that it has here; -1 for those that are gone.
    /// - Precondition: all of its blocks are checked.
    mutating func takeOver(_ list: InvertedList<P>, _ numbers: [Int32]) {
        knownBits = list.layout.bucketBits
        keys.reserveCapacity(count + list.layout.count)
        postings.reserveCapacity(count + list.layout.count)
        let shift = UInt32(32 - knownBits)
        list.forEach { bucket, posting in
            let number = numbers[posting.picture]
            guard number >= 0 else { return }
            keys.append(UInt32(bucket) << shift)
            postings.append(posting)
            postings[postings.count - 1].picture = Int(number)
        }
    }

    /// Whether the known bits are enough to tell all buckets.
    var isSortable: Bool { P.bucketBits(count) <= knownBits }

    /// As they lie in a file.
    func sorted(_ layout: InvertedListLayout) -> IndexMemory {
        precondition(layout.count == count && layout.bucketBits <= knownBits)
        let memory = IndexMemory(count: layout.end - layout.origin)
        let starts = (memory.base + (layout.starts - layout.origin)).assumingMemoryBound(to: UInt32.self)
        let out = (memory.base + (layout.postings - layout.origin)).assumingMemoryBound(to: P.self)
        let shift = UInt32(32 - layout.bucketBits)
        for key in keys { starts[Int(key >> shift) + 1] += 1 }
        for bucket in 0..<layout.buckets { starts[bucket + 1] += starts[bucket] }
        var next = (0..<layout.buckets).map { starts[$0] }
        for (key, posting) in zip(keys, postings) {
            out[Int(next[Int(key >> shift)])] = posting
            next[Int(key >> shift)] += 1
        }
        // However they came, the file is the same.
        for bucket in 0..<layout.buckets {
            let (from, end) = (Int(starts[bucket]), Int(starts[bucket + 1]))
            var bucket = UnsafeMutableBufferPointer(start: out + from, count: end - from)
            bucket.sort()
        }
        return memory
    }
}

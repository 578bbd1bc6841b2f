import CKernels
import MediaModel

/// The postings of a details file that have one kind of hash.
struct InvertedList<P: Posting> {
    let layout: InvertedListLayout
    /// Of the file.
    let base: UnsafeRawPointer
    let pictureCount: Int
    let blocks: CheckedBlocks
    let kernels: Kernels

    /// A posting that is near a query.
    struct Hit {
        let posting: P
        /// Bits of bucket and signature that differ.
        let distance: Int
    }

    private var starts: UnsafePointer<UInt32> { (base + layout.starts).assumingMemoryBound(to: UInt32.self) }
    private var postings: UnsafePointer<P> { (base + layout.postings).assumingMemoryBound(to: P.self) }

    /// The postings in the buckets with at most `flips` other bits whose signature, with them, is within `radius` bits.
    ///
    ///
    /// Where hashes crowd, the nearest buckets only.
    ///
    /// - Parameter scratch: used again from one call to the next.
    func search(
        _ code: SampledCode, flips: Int, radius: Int, _ scratch: inout SearchScratch
    ) throws(IndexFileError) -> [Hit] {
        guard layout.count > 0 else { return [] }
        let own = UInt32(code.bucket(layout.bucketBits))
        let masks = BucketMasks.of(layout.bucketBits, flips: min(flips, radius))
        let starts = starts
        for mask in masks { ck_fetch(starts + Int(own ^ mask)) }
        scratch.runs.removeAll(keepingCapacity: true)
        var room = P.mostPostings
        for mask in masks {
            let bucket = Int(own ^ mask)
            try blocks.check(layout.starts + 4 * bucket..<layout.starts + 4 * bucket + 8)
            let (from, end) = (starts[bucket], starts[bucket + 1])
            guard from <= end, end <= layout.count else { throw .damaged("its buckets make no sense") }
            guard from < end else { continue }
            room -= Int(end - from)
            guard room > 0 || scratch.runs.isEmpty else { break }
            ck_fetch(postings + Int(from))
            let differing = UInt32(mask.nonzeroBitCount)
            scratch.runs.append(ck_run(from: from, end: end, flips: differing, room: UInt32(radius) - differing))
        }
        for run in scratch.runs {
            try blocks.check(
                layout.postings + P.byteCount * Int(run.from)..<layout.postings + P.byteCount * Int(run.end))
        }
        let count = scan(code, &scratch)
        var found: [Hit] = []
        found.reserveCapacity(count)
        for near in scratch.near[..<count] {
            let posting = postings[Int(near.position)]
            guard posting.picture < pictureCount else { throw .damaged("its postings make no sense") }
            found.append(Hit(posting: posting, distance: Int(near.distance)))
        }
        return found
    }

    /// - Returns: how many of `near` there are.
    private func scan(_ code: SampledCode, _ scratch: inout SearchScratch) -> Int {
        while true {
            let room = scratch.near.count
            let count = scratch.near.withUnsafeMutableBufferPointer { near in
                scratch.runs.withUnsafeBufferPointer { P.scan(kernels, postings, $0, code, near) }
            }
            guard count > room else { return count }
            scratch.near = [ck_near](repeating: ck_near(), count: count)
        }
    }

    /// Each posting with its bucket. - Precondition: all blocks are checked.
    func forEach(_ body: (Int, P) -> Void) {
        for bucket in 0..<layout.buckets where layout.count > 0 {
            for place in Int(starts[bucket])..<Int(starts[bucket + 1]) { body(bucket, postings[place]) }
        }
    }

    /// That every number leads somewhere. - Precondition: all blocks are checked.
    func checkAll() throws(IndexFileError) {
        var before: UInt32 = 0
        for bucket in 0...layout.buckets {
            guard starts[bucket] >= before else { throw .damaged("its buckets make no sense") }
            before = starts[bucket]
        }
        guard before == layout.count, starts[0] == 0 else { throw .damaged("its buckets make no sense") }
        for place in 0..<layout.count where postings[place].picture >= pictureCount {
            throw IndexFileError.damaged("its postings make no sense")
        }
    }
}

/// Room of a search.
struct SearchScratch {
    fileprivate var runs: [ck_run] = []
    fileprivate var near = [ck_near](repeating: ck_near(), count: 1024)
}

/// The numbers with few bits set, by which neighbouring buckets differ, the fewest first.
enum BucketMasks {
    /// - Parameter flips: bits, up to 2.
    static func of(_ bits: Int, flips: Int) -> [UInt32] { tables[bits][min(flips, 2)] }

    private static let tables: [[[UInt32]]] = (0...22).map { bits in
        let ones = (0..<bits).map { UInt32(1) << UInt32($0) }
        let twos = ones.indices.flatMap { first in ones[..<first].map { $0 | ones[first] } }
        return [[0], [0] + ones, [0] + ones + twos]
    }
}

import CKernels
public import MediaModel

/// The hashes of a registry in a file that is searched where it lies: exactly as `MultiIndex` does.
///
/// To open it reads the header and the checksums of the blocks, a five hundredth of the file. Each block is checked before
/// it is first read, and once so many look-ups were made that it pays, all of them are.
public final class IndexFile: @unchecked Sendable {  // the count of look-ups is added to atomically
    public let stamp: IndexStamp
    /// Of all sections.
    public let digest: UInt64
    private let file: MappedFile
    private let layout: IndexFileLayout
    private let header: IndexFileHeader
    private let blocks: CheckedBlocks
    private let search: BandSearch
    /// Of one count: look-ups that checked their blocks.
    private let lookUps = IndexMemory(count: 8)

    public convenience init(path: String) throws(IndexFileError) { try self.init(MappedFile(path: path)) }

    /// Of a copy, for tests.
    public convenience init(bytes: [UInt8]) throws(IndexFileError) { try self.init(MappedFile(copying: bytes)) }

    private init(_ file: MappedFile, kernels: Kernels = .active) throws(IndexFileError) {
        self.file = file
        header = try IndexFileHeader(
            UnsafeRawBufferPointer(start: file.base, count: min(file.count, IndexFileLayout.blockBytes)),
            byteCount: file.count)
        (stamp, layout, digest) = (header.stamp, header.layout, header.digest)
        let (checksums, seed) = (file.base + layout.checksums, header.seed)
        guard
            header.checksumsChecksum
                == BlockChecksum.of(checksums, count: BandLayout.aligned(8 * layout.blockCount), seed: seed)
        else { throw .damaged("its checksums are not what was written") }
        let numbers = IndexFileNumbers(file: file, layout: layout)
        blocks = CheckedBlocks(file: file, places: layout.blocks, seed: seed) { numbers.isValid($0) }
        search = BandSearch(layout: layout.bands, base: file.base, kernels: kernels)
    }

    /// How many entries there are.
    public var count: Int { layout.count }
    /// How many bytes it has.
    public var byteCount: Int { layout.end }

    /// Checks every block.
    public func checkAll() throws(IndexFileError) {
        let checksums = (file.base + layout.checksums).assumingMemoryBound(to: UInt64.self)
        guard IndexFileHeader.digests(layout, header.seed, checksums) == header.sectionDigests else {
            throw .damaged("the digests of its sections are not what was written")
        }
        try blocks.checkAll()
        _ = try references()
    }

    /// The references, by number.
    public func references() throws(IndexFileError) -> [StoredReference] {
        try blocks.check(layout.references..<layout.end)
        let words = (file.base + layout.references).assumingMemoryBound(to: UInt64.self)
        var found: [StoredReference] = []
        found.reserveCapacity(layout.referenceCount)
        for number in 0..<layout.referenceCount {
            let isLast = number + 1 == layout.referenceCount
            let (first, next) = (words[3 * number + 2], isLast ? UInt64(count) : words[3 * number + 5])
            let id = ReferenceID(rawValue: Int64(bitPattern: words[3 * number]))
            guard first < next, next <= count, number > 0 || first == 0, found.last.map({ $0.id < id }) ?? true else {
                throw .damaged("its references make no sense")
            }
            found.append(
                StoredReference(
                    id: id, check: Int64(bitPattern: words[3 * number + 1]), rows: Int(first)..<Int(next)))
        }
        guard found.isEmpty == (count == 0) else { throw .damaged("its references make no sense") }
        return found
    }

    /// The number of the last one; nil when there is none.
    public func lastReference() throws(IndexFileError) -> ReferenceID? {
        guard layout.referenceCount > 0 else { return nil }
        let place = layout.references + IndexFileLayout.referenceBytes * (layout.referenceCount - 1)
        try blocks.check(place..<place + 8)
        return ReferenceID(rawValue: (file.base + place).assumingMemoryBound(to: Int64.self).pointee)
    }

    /// Of the frames of a video that have the quality, each once. - Parameter rows: of a reference.
    public func frameTimes(_ rows: Range<Int>, gate: Quality) throws(IndexFileError) -> [Int32] {
        try checkEntries(rows)
        var found: [Int32] = []
        for row in rows where times[row] >= 0 && found.last != times[row] && mark(row).hasQuality(gate) {
            found.append(times[row])
        }
        return found
    }

    /// Of a video, the hashes of its frames as they are, at most so many, evenly picked. - Parameter rows: of a reference.
    func frames(_ rows: Range<Int>, gate: Quality, atMost limit: Int) throws(IndexFileError) -> [Hash256] {
        try checkEntries(rows)
        let wanted = rows.filter { times[$0] >= 0 && mark($0).orientation == .orig && mark($0).hasQuality(gate) }
        var found: [Hash256] = []
        for row in wanted.evenlyPicked(limit) { found.append(Hash256(bandCode: try entry(row).code)) }
        return found
    }

    /// An entry, for tests.
    package func entry(_ row: Int) throws(IndexFileError) -> (code: Hash256, milliseconds: Int32, quality: Quality?) {
        try checkEntries(row..<row + 1)
        try blocks.check(layout.bands.codes + 32 * row..<layout.bands.codes + 32 * row + 32)
        return (codes[row], times[row], mark(row).quality)
    }

    /// Of the entries, in their order; to be read only where the blocks are checked.
    var codes: UnsafeBufferPointer<Hash256> { values(at: layout.bands.codes) }
    var times: UnsafeBufferPointer<Int32> { values(at: layout.times) }
    var marks: UnsafeBufferPointer<UInt16> { values(at: layout.marks) }

    private func values<T>(at offset: Int) -> UnsafeBufferPointer<T> {
        UnsafeBufferPointer(start: (file.base + offset).assumingMemoryBound(to: T.self), count: count)
    }
    private func mark(_ row: Int) -> EntryMark { EntryMark(rawValue: marks[row]) }

    private func checkEntries(_ rows: Range<Int>) throws(IndexFileError) {
        try blocks.check(layout.times + 4 * rows.lowerBound..<layout.times + 4 * rows.upperBound)
        try blocks.check(layout.marks + 2 * rows.lowerBound..<layout.marks + 2 * rows.upperBound)
    }

    /// Every entry of sufficient quality within `radius` bits of each query: by query, then in their order.
    ///
    /// - Parameters:
    ///   - references: those of this file.
    ///   - isLeftOut: of each of `references`, whether its entries are passed over.
    /// - Precondition: `radius` is in 0...256.
    package func search(
        _ queries: [Hash256], radius: Int, gate: Quality, references: [StoredReference], isLeftOut: [Bool]
    ) throws(IndexFileError) -> [IndexHit] {
        var found: [IndexHit] = []
        for hit in try hits(queries, radius: radius) {
            let row = Int(hit.row)
            try checkEntries(row..<row + 1)
            guard mark(row).hasQuality(gate) else { continue }
            let number = references.partitioningIndex { $0.rows.upperBound > row }
            guard !isLeftOut[number] else { continue }
            found.append(
                IndexHit(
                    query: Int(hit.query), reference: references[number].id, orientation: mark(row).orientation,
                    milliseconds: times[row] < 0 ? nil : times[row], distance: Int(hit.distance)))
        }
        return found
    }

    /// By query, then by row.
    private func hits(_ queries: [Hash256], radius: Int) throws(IndexFileError) -> [ck_hit] {
        precondition((0...256).contains(radius))
        guard count > 0, !queries.isEmpty else { return [] }
        if IndexKind.fitting(entries: count, radius: radius) == .flat {
            try blocks.check(layout.bands.codes..<layout.bands.codes + 32 * count)
            return search.scan(queries, radius: radius)
        }
        if !blocks.areAllChecked, Int(ck_count_add(lookUpCount, UInt64(queries.count))) + queries.count > count / 1024 {
            try blocks.checkAll()
        }
        if blocks.areAllChecked { return search.hits(queries, radius: radius) }
        let plan = search.plan(radius: radius)
        var hits: [ck_hit] = []
        for (number, query) in queries.enumerated() {
            let code = query.bandCode
            try checkBuckets(code, plan)
            hits += try search.lookUp(code, UInt32(number), plan) { candidates throws(IndexFileError) in
                try checkCandidates(candidates)
            }
        }
        return hits
    }

    private var lookUpCount: UnsafeMutablePointer<UInt64> { lookUps.base.assumingMemoryBound(to: UInt64.self) }

    /// What a look-up reads before it has candidates.
    private func checkBuckets(_ code: Hash256, _ plan: ProbePlan) throws(IndexFileError) {
        for band in plan.bands {
            let own = code.band(band) >> plan.shift
            let (starts, sketches) = (layout.bands.starts(band), layout.bands.sketches(band))
            let places = (file.base + starts).assumingMemoryBound(to: UInt32.self)
            for mask in plan.masks.prefix(plan.maskCount(band)) {
                let bucket = Int(own ^ mask)
                try blocks.check(starts + 4 * bucket..<starts + 4 * bucket + 8)
                try blocks.check(sketches + 2 * Int(places[bucket])..<sketches + 2 * Int(places[bucket + 1]))
            }
        }
    }

    /// What it reads of its candidates.
    private func checkCandidates(_ candidates: UnsafeBufferPointer<ck_candidate>) throws(IndexFileError) {
        for candidate in candidates {
            let place = layout.bands.rows(Int(candidate.query)) + 4 * Int(candidate.position)
            try blocks.check(place..<place + 4)
            let row = Int((file.base + place).assumingMemoryBound(to: UInt32.self).pointee)
            try blocks.check(layout.bands.codes + 32 * row..<layout.bands.codes + 32 * row + 32)
        }
    }
}

extension Array {
    /// The first place from which on all elements are so; all that are come behind those that are not.
    func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

import MediaModel

/// The numbers in an index file's blocks: none may lead out of the file.
struct IndexFileNumbers: Sendable {
    let file: MappedFile
    let layout: IndexFileLayout

    /// Whether the numbers of the block at `offset` are possible.
    func isValid(_ offset: Int) -> Bool {
        let end = offset + IndexFileLayout.blockBytes
        let bands = layout.bands
        if offset >= layout.references { return true }  // read and checked together
        if offset >= layout.marks {
            return values(offset..<min(end, layout.marks + 2 * layout.count), of: UInt16.self)
                .allSatisfy { EntryMark(rawValue: $0).isValid }
        }
        if offset >= layout.times {
            return values(offset..<min(end, layout.times + 4 * layout.count), of: Int32.self).allSatisfy { $0 >= -1 }
        }
        guard offset >= bands.starts(0) else { return true }  // any code is possible
        let band = (offset - bands.starts(0)) / bands.bandBytes
        if offset >= bands.rows(band) {
            let largest = values(offset..<min(end, bands.rows(band) + 4 * layout.count), of: UInt32.self)
                .reduce(0) { max($0, $1) }
            return Int(largest) < layout.count
        }
        if offset >= bands.sketches(band) { return true }  // any sketch is possible
        return areStarts(offset, band)
    }

    /// Places of buckets ascend, also from the block before and to the one after, and end with the entries.
    private func areStarts(_ offset: Int, _ band: Int) -> Bool {
        let starts = (file.base + layout.bands.starts(band)).assumingMemoryBound(to: UInt32.self)
        let first = (offset - layout.bands.starts(band)) / 4
        let last = min(layout.bands.buckets, first + IndexFileLayout.blockBytes / 4 - 1)
        var before = first == 0 ? 0 : starts[first - 1]
        for bucket in first...min(layout.bands.buckets, last + 1) {
            guard starts[bucket] >= before else { return false }
            before = starts[bucket]
        }
        return Int(before) <= layout.count
    }

    private func values<T>(_ bytes: Range<Int>, of type: T.Type) -> UnsafeBufferPointer<T> {
        UnsafeBufferPointer(
            start: (file.base + bytes.lowerBound).assumingMemoryBound(to: type),
            count: max(0, bytes.count / MemoryLayout<T>.stride))
    }
}

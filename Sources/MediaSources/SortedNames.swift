/// A folder's names in byte order, in bounded memory: the folder is read again for every
/// `chunk` names, each time for the smallest ones that come after the last.
package struct SortedNames {
    package struct Entry {
        package let name: [UInt8]
        /// Known to be an ordinary file without another look.
        let isFile: Bool
    }

    private let folder: [UInt8]
    private let chunk: Int
    private var names: ArraySlice<Entry> = []
    private var last: [UInt8]?
    private var isExhausted = false
    /// Whether any name is that of a sidecar; known once the first name is.
    package private(set) var hasSidecars = false

    /// - Parameter chunk: names held at a time; a name takes about 60 bytes.
    package init(of folder: [UInt8], chunk: Int = 32768) { (self.folder, self.chunk) = (folder, chunk) }

    package mutating func next() throws(SystemError) -> Entry? {
        if names.isEmpty, !isExhausted { try readChunk() }
        guard let entry = names.popFirst() else { return nil }
        last = entry.name
        return entry
    }

    private mutating func readChunk() throws(SystemError) {
        var candidates: [Entry] = []
        var bound: [UInt8]?
        var isCut = false
        func keepSmallest() {
            candidates.sort { $0.name.lexicographicallyPrecedes($1.name) }
            candidates.removeLast(candidates.count - chunk)
            bound = candidates.last!.name
            isCut = true
        }
        let after = last
        var hasSidecars = hasSidecars
        try FileSystem.forEachName(in: folder) { name, isFile in
            if Sidecar.isNamedLikeSidecar(name) { hasSidecars = true }
            if let after, !after.lexicographicallyPrecedes(name) { return }
            if let bound, !name.lexicographicallyPrecedes(bound) {
                isCut = true
                return
            }
            candidates.append(Entry(name: Array(name), isFile: isFile))
            // Sorting twice the chunk once per chunk of names costs less than keeping a heap.
            if candidates.count >= 2 * chunk { keepSmallest() }
        }
        if candidates.count > chunk { keepSmallest() }
        candidates.sort { $0.name.lexicographicallyPrecedes($1.name) }
        names = candidates[...]
        self.hasSidecars = hasSidecars
        isExhausted = !isCut
    }
}

import MediaModel
import MediaSources
import Reporting

/// Items that records name, to be looked at once more: files, and members of archives.
struct RecordedItems {
    /// What tells an item from others.
    struct Key: Hashable {
        let path: [UInt8]
        /// Its place in each archive on the way; empty for a file of its own.
        let places: [Int]

        /// Nil for a member of which the record does not say where it is.
        init?(_ record: ReadRecord) {
            (path, places) = (record.exactPath, record.memberIndex)
            if record.member != nil, places.isEmpty { return nil }
        }

        private init(path: [UInt8]) { (self.path, places) = (path, []) }

        /// The outermost archive.
        var archive: Key { Key(path: path) }

        init(_ provenance: Provenance) {
            (path, places) = (provenance.path, provenance.origin?.members.map(\.index) ?? [])
        }
    }

    /// In the order in which they were added, each path once.
    private var paths: [[UInt8]] = []
    private var members: [[UInt8]: [[Int]]] = [:]

    mutating func add(_ key: Key) {
        if members[key.path] == nil { paths.append(key.path) }
        if key.places.isEmpty {
            members[key.path, default: []] += []
        } else {
            members[key.path, default: []].append(key.places)
        }
    }

    /// Files, and archives of which only these members are wanted.
    var sources: [SourceItem] {
        paths.map { path in
            let wanted = members[path]!
            return SourceItem(
                provenance: Provenance(path: path), wanted: wanted.isEmpty ? nil : WantedMembers(wanted))
        }
    }
}

import MediaModel

/// Which matches a person decides about at once.
///
/// Matches of one reference at one host (or in one folder) are one finding when
/// - the bytes are the same, or
/// - both lie in one folder, show the whole reference in the same orientation, and are within 15 bits of it: then they
///   are within 30 bits of each other, so PDQ's own rule (31) calls them copies of one picture.
/// Matches of parts, features and videos are folded by their bytes alone: their distance does not say how near they
/// are to each other.
struct FindingFold {
    /// Half of PDQ's usual threshold.
    static let nearDistance: Int64 = 15

    private struct BytesKey: Hashable {
        let group: UInt32
        let digest: SHA256Digest
    }

    private struct NearKey: Hashable {
        let group: UInt32
        let folder: UInt32
        let orientation: Dihedral
        let isNegative: Bool
    }

    /// The match before it that it is folded into, or itself: a forest whose roots are the findings' first matches.
    private var parent: [UInt32] = []
    private var byBytes: [BytesKey: UInt32] = [:]
    private var byNearness: [NearKey: UInt32] = [:]
    private var folders: [String: UInt32] = [:]

    /// Takes the next match.
    ///
    /// - Parameter group: number of its place and reference.
    mutating func add(_ record: ReadRecord, group: UInt32) {
        let number = UInt32(parent.count)
        parent.append(number)
        if let digest = record.sha256 {
            let key = BytesKey(group: group, digest: digest)
            if let known = byBytes[key] { join(number, known) } else { byBytes[key] = number }
        }
        guard record.evidence == .whole || record.evidence == .bytes, let distance = record.distance,
            distance <= Self.nearDistance, let orientation = record.orientation
        else { return }
        let name = ItemPlace.folder(of: record)
        let folder = folders[name] ?? UInt32(folders.count)
        folders[name] = folder
        let key = NearKey(group: group, folder: folder, orientation: orientation, isNegative: record.isNegative)
        if let known = byNearness[key] { join(number, known) } else { byNearness[key] = number }
    }

    private mutating func join(_ a: UInt32, _ b: UInt32) {
        let (a, b) = (root(a), root(b))
        parent[Int(max(a, b))] = min(a, b)
    }

    /// The first match of the finding that match `number` belongs to.
    mutating func root(_ number: UInt32) -> UInt32 {
        var at = number
        while parent[Int(at)] != at {
            parent[Int(at)] = parent[Int(parent[Int(at)])]
            at = parent[Int(at)]
        }
        return at
    }
}

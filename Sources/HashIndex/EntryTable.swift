import MediaModel

/// What an index says of its rows, beside their hashes: 13 bytes each.
struct EntryTable: Sendable {
    private let references: [ReferenceID]
    private let orientations: [Dihedral]
    /// -1 for a picture.
    private let milliseconds: [Int32]

    init(_ entries: [IndexEntry]) {
        references = entries.map(\.reference)
        orientations = entries.map(\.orientation)
        milliseconds = entries.map { $0.milliseconds ?? -1 }
    }

    /// The rows of a video's frames as they are, at most so many, evenly picked.
    func frames(of reference: ReferenceID, atMost limit: Int) -> [Int] {
        references.indices.filter {
            references[$0] == reference && orientations[$0] == .orig && milliseconds[$0] >= 0
        }.evenlyPicked(limit)
    }

    func hit(query: UInt32, row: UInt32, distance: UInt32) -> IndexHit {
        let row = Int(row)
        return IndexHit(
            query: Int(query), reference: references[row], orientation: orientations[row],
            milliseconds: milliseconds[row] < 0 ? nil : milliseconds[row], distance: Int(distance))
    }
}

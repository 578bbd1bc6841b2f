import Foundation
import GRDB
import HashIndex
public import MediaModel

extension Registry {
    /// What may leave the registry of a reference, when the user asks for it: what other tools make of its file, too.
    public struct ExportedReference: Sendable, Hashable {
        public let id: ReferenceID
        /// ISO 8601, UTC.
        public let registered: String
        /// A picture's own hash; nil for videos and for what is found by its bytes only.
        public internal(set) var hash: Hash256?
        public let quality: Quality?
        /// Of its file, as far as it is known.
        public let digest: ListedDigest?
        public let isVideo: Bool
        /// Of a video, the frames that are kept, in order of their time.
        public internal(set) var frames: [FrameFeature] = []
        public internal(set) var listings: [Listing] = []
    }

    /// A case's references, by number.
    public func export(_ caseID: CaseID) throws(RegistryError) -> [ExportedReference] {
        try reading { db in
            let caseRow = try Self.row(of: caseID, db)
            let digests = try Self.listedDigests(db)
            var found = try Row.fetchAll(
                db, sql: "SELECT * FROM reference WHERE caseID = ? ORDER BY id", arguments: [caseRow]
            ).map { row in
                try Self.checkReference(row)
                let id = ReferenceID(rawValue: try row.decode(forColumn: "id"))
                let quality: Int? = try row.decode(forColumn: "quality")
                let imported = try (row.decode(forColumn: "imported") as String?).flatMap(ListKind.init)
                let own: Data = try row.decode(forColumn: "sha256")
                let isOfFile = imported == nil || imported == .sha256
                return ExportedReference(
                    id: id, registered: try row.decode(forColumn: "registered"),
                    quality: quality.map { Quality(rawValue: $0) },
                    digest: isOfFile ? ListedDigest(.sha256, bytes: own) : digests[id],
                    isVideo: try row.decode(Int64?.self, forColumn: "duration") != nil)
            }
            let places = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1.id, $0) })
            for (id, listing) in try Self.listings(db, "l.caseID = ?", [caseRow]) {
                if let place = places[id] { found[place].listings.append(listing) }
            }
            for place in found.indices {
                var seen: Int32?
                try Self.eachHash(db, of: found[place].id) { _, entry in
                    guard let milliseconds = entry.milliseconds else {
                        // The picture's own comes first.
                        found[place].hash = found[place].hash ?? entry.hash
                        return
                    }
                    guard milliseconds != seen, let quality = entry.quality else { return }
                    seen = milliseconds
                    found[place].frames.append(
                        FrameFeature(
                            milliseconds: milliseconds,
                            feature: Feature(hash: entry.hash, quality: quality, isDegenerate: false)))
                }
            }
            return found
        }
    }
}

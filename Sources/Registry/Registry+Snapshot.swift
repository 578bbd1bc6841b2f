import Foundation
import GRDB
public import HashIndex
public import MediaModel

extension Registry {
    /// All that a scan searches, in memory.
    public struct Snapshot: Sendable {
        public let references: [RegisteredReference]
        /// The hashes of those that are compared by hash and have the wanted quality.
        public let entries: [IndexEntry]
        /// Of the pictures of `entries` that have them and of videos' frames.
        public let details: [DetailedPicture]
        /// Items' bytes that a person decided to show no such reference.
        public let suppressed: Set<ItemPair>
        /// 16 hex digits that change whenever something that is searched does, and tell nothing of it.
        public let digest: String
    }

    /// One consistent picture of the registry, all hashes read.
    ///
    /// - Parameters:
    ///   - qualityGate: references of lower quality are left to their bytes.
    ///   - caseID: only this case's references; nil for all.
    ///   - depth: of the search that wants it; what only a deeper one needs is left out.
    public func snapshot(
        qualityGate: Quality, caseID: CaseID? = nil, depth: SearchDepth = .quick
    ) throws(RegistryError) -> Snapshot {
        if let caseID { _ = try references(of: caseID) }
        return try reading { db in
            let rows = try Self.searchedReferences(db, caseID)
            let entries = try Self.entries(db, of: caseID == nil ? nil : rows, gate: qualityGate)
            return Snapshot(
                references: Self.registered(rows, Self.frameTimes(entries), try Self.listedDigests(db)),
                entries: entries,
                details: try Self.details(db, caseID, gate: qualityGate, depth: depth),
                suppressed: try Self.suppressedPairs(db), digest: try Self.digest(db, of: rows))
        }
    }

    /// A row of `reference`, as far as a search needs it.
    struct SearchedReference {
        let id: ReferenceID
        let caseID: CaseID
        let sha256: SHA256Digest
        let width: Int?
        let height: Int?
        /// Of a video, in ms.
        let duration: Int64?
        let hashCount: Int
        /// Of the row.
        let check: Int64
    }

    /// Of what belongs to a reference nothing changes while the reference is there but how much is kept of it, so its
    /// row's checksum and that say it all; they are mixed with what only this registry knows.
    static func digest(_ db: Database, of references: [SearchedReference]) throws -> String {
        guard let salt = try Data.fetchOne(db, sql: "SELECT salt FROM registryMark") else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "its mark is missing")
        }
        var sum = RowChecksum()
        sum.add(salt)
        var kept: [Int64: String] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT referenceID, kept FROM referenceDetails")
        while let row = try rows.next() { kept[try row.decode(atIndex: 0)] = try row.decode(atIndex: 1) }
        for reference in references {
            sum.add(reference.id.rawValue)
            sum.add(reference.check)
            sum.add(kept[reference.id.rawValue])
        }
        return sum.digits
    }

    /// Those of a case, or all, by number.
    static func searchedReferences(_ db: Database, _ caseID: CaseID?) throws -> [SearchedReference] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT r.id, r.caseID, c.name, r.sha256, r.quality, r.duration, r.bytesOnlyReason, r.hashCount,
                       r.width, r.height, r.checksum
                FROM reference r JOIN "case" c ON c.id = r.caseID WHERE ? OR c.name = ? ORDER BY r.id
                """, arguments: [caseID == nil, caseID?.rawValue])
        var found: [SearchedReference] = []
        // Many references share a case.
        var names: [Int64: CaseID] = [:]
        while let row = try rows.next() {
            let id: Int64 = try row.decode(atIndex: 0)
            let caseRow: Int64 = try row.decode(atIndex: 1)
            let digest: Data = try row.decode(atIndex: 3)
            let (duration, hashCount): (Int64?, Int) = (try row.decode(atIndex: 5), try row.decode(atIndex: 7))
            let check: Int64 = try row.decode(atIndex: 10)
            let sum = RegistryChecksum.reference(
                caseID: caseRow, sha256: digest, quality: try row.decode(atIndex: 4), duration: duration,
                bytesOnly: try row.decode(atIndex: 6), hashCount: hashCount)
            guard sum == check else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "reference \(id) is not what was written")
            }
            if names[caseRow] == nil { names[caseRow] = try Self.caseID(try row.decode(atIndex: 2)) }
            found.append(
                SearchedReference(
                    id: ReferenceID(rawValue: id), caseID: names[caseRow]!, sha256: try Self.digest(digest),
                    width: try row.decode(atIndex: 8), height: try row.decode(atIndex: 9), duration: duration,
                    hashCount: hashCount, check: check))
        }
        return found
    }

    static func registered(
        _ references: [SearchedReference], _ frameTimes: [ReferenceID: [Int32]], _ listed: [ReferenceID: ListedDigest]
    ) -> [RegisteredReference] {
        references.map { reference in
            RegisteredReference(
                id: reference.id, caseID: reference.caseID, sha256: reference.sha256,
                video: frameTimes[reference.id].map {
                    RegisteredVideo(frameTimes: $0, duration: reference.duration ?? 0)
                },
                width: reference.width, height: reference.height, listed: listed[reference.id])
        }
    }

    static func frameTimes(_ entries: [IndexEntry]) -> [ReferenceID: [Int32]] {
        var found: [ReferenceID: [Int32]] = [:]
        for entry in entries {
            guard let time = entry.milliseconds, found[entry.reference]?.last != time else { continue }
            found[entry.reference, default: []].append(time)
        }
        return found
    }

    /// Of these references, or of all, the hashes that have the quality.
    static func entries(
        _ db: Database, of references: [SearchedReference]?, gate: Quality
    ) throws -> [IndexEntry] {
        var entries: [IndexEntry] = []
        func add(_ reference: ReferenceID, _ entry: StoredEntry) {
            guard let quality = entry.quality, quality >= gate else { return }
            entries.append(IndexEntry(entry, of: reference))
        }
        guard let references else {
            try eachHash(db, of: nil, add)
            return entries
        }
        for reference in references where reference.hashCount > 0 { try eachHash(db, of: reference.id, add) }
        return entries
    }

    /// The hashes of a reference, or of all, by reference and number.
    ///
    /// - Throws: `DatabaseError` SQLITE_CORRUPT when a row is not what was written.
    static func eachHash(
        _ db: Database, of reference: ReferenceID?, _ body: (ReferenceID, StoredEntry) throws -> Void
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT h.referenceID, h.orientation, h.convention, h.milliseconds, h.quality, h.hash, h.checksum,
                       COALESCE(h.quality, r.quality)
                FROM referenceHash h CROSS JOIN reference r ON r.id = h.referenceID
                \(reference == nil ? "" : "WHERE h.referenceID = ?") ORDER BY h.referenceID, h.number
                """)
        let rows = try Row.fetchCursor(statement, arguments: reference.map { [$0.rawValue] } ?? [])
        while let row = try rows.next() {
            let reference: Int64 = try row.decode(atIndex: 0)
            let orientation: Int = try row.decode(atIndex: 1)
            let milliseconds: Int64? = try row.decode(atIndex: 3)
            let convention: String = try row.decode(atIndex: 2)
            let (own, quality): (Int?, Int?) = (try row.decode(atIndex: 4), try row.decode(atIndex: 7))
            let (hash, sum) = try row.withUnsafeData(atIndex: 5) { data -> (Hash256?, Int64) in
                let data = data ?? Data()
                let sum = RegistryChecksum.hash(
                    reference: reference, orientation: orientation, convention: convention,
                    milliseconds: milliseconds, quality: own, hash: data)
                return (data.withUnsafeBytes { Hash256(stored: $0) }, sum)
            }
            guard try sum == row.decode(atIndex: 6), let hash,
                let turn = UInt8(exactly: orientation).flatMap(Dihedral.init),
                quality.map({ (0...100).contains($0) }) ?? true
            else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "a hash of reference \(reference) is not what was written")
            }
            try body(
                ReferenceID(rawValue: reference),
                StoredEntry(
                    hash: hash, orientation: turn, milliseconds: milliseconds.flatMap(Int32.init(exactly:)),
                    quality: quality.map(Quality.init)))
        }
    }

    /// By reference and time, pictures first.
    static func details(
        _ db: Database, _ caseID: CaseID?, gate: Quality, depth: SearchDepth
    ) throws -> [DetailedPicture] {
        var details: [DetailedPicture] = []
        guard depth > .quick else { return details }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT d.* FROM referenceDetails d
                JOIN reference r ON r.id = d.referenceID JOIN "case" c ON c.id = r.caseID
                WHERE r.quality >= ? AND (? OR c.name = ?) ORDER BY d.referenceID
                """, arguments: [gate.rawValue, caseID == nil, caseID?.rawValue])
        while let row = try rows.next() {
            let id: Int64 = try row.decode(forColumn: "referenceID")
            details.append(DetailedPicture(reference: ReferenceID(rawValue: id), details: try Self.details(row)))
        }
        guard depth == .full else { return details }
        let frames = try Row.fetchCursor(
            db,
            sql: """
                SELECT d.* FROM frameDetails d
                JOIN reference r ON r.id = d.referenceID JOIN "case" c ON c.id = r.caseID
                WHERE ? OR c.name = ? ORDER BY d.referenceID, d.milliseconds
                """, arguments: [caseID == nil, caseID?.rawValue])
        while let row = try frames.next() { details.append(try Self.frameDetails(row)) }
        return details
    }
}

extension IndexEntry {
    init(_ entry: StoredEntry, of reference: ReferenceID) {
        self.init(
            hash: entry.hash, reference: reference, orientation: entry.orientation, milliseconds: entry.milliseconds)
    }
}

extension Hash256 {
    /// Of 32 bytes, without the detour over a collection: there are millions of them.
    fileprivate init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ at: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian }
        self.init(word(0), word(8), word(16), word(24))
    }
}

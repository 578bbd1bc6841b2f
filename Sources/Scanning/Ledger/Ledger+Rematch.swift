import Foundation
import GRDB
import MediaModel

extension Ledger {
    /// A connection for one thread.
    func openReader() throws(LedgerError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        do { return try DatabaseQueue(path: path, configuration: configuration) } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// Hashes that may be compared, of contents with a number in `range`.
    func features(
        in range: Range<Int64>, gate: Quality, _ reader: DatabaseQueue
    ) throws(LedgerError) -> [StoredFeature] {
        do {
            return try reader.read { db in
                var features: [StoredFeature] = []
                features.reserveCapacity(range.count)
                let rows = try Row.fetchCursor(
                    db.cachedStatement(
                        sql: """
                            SELECT contentID, hash, quality, checksum FROM feature
                            WHERE contentID >= ? AND contentID < ? AND quality >= ?
                            """), arguments: [range.lowerBound, range.upperBound, gate.rawValue])
                while let row = try rows.next() {
                    let hash = try row.withUnsafeData(atIndex: 1) { data in
                        data.flatMap { data in data.withUnsafeBytes { Hash256(storedBytes: $0) } }
                    }
                    guard let hash else {
                        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a hash is broken")
                    }
                    let feature = StoredFeature(
                        contentID: try row.decode(atIndex: 0), hash: hash, quality: try row.decode(atIndex: 2))
                    guard try feature.checksum == row.decode(atIndex: 3) else {
                        throw DatabaseError(
                            resultCode: .SQLITE_CORRUPT, message: "the hash of an examined file is not what was written"
                        )
                    }
                    features.append(feature)
                }
                return features
            }
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// Frames of videos, of contents with a number in `range`, row by row.
    func eachFrames(
        in range: Range<Int64>, _ reader: DatabaseQueue, _ body: (StoredFrames) -> Void
    ) throws(LedgerError) {
        do {
            try reader.read { db in
                let rows = try Row.fetchCursor(
                    db.cachedStatement(
                        sql: "SELECT \(StoredFrames.selection) FROM frames WHERE contentID >= ? AND contentID < ?"),
                    arguments: [range.lowerBound, range.upperBound])
                while let row = try rows.next() { body(try StoredFrames(row: row)) }
            }
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// Details of pictures and of videos' frames, of contents with a number in `range`.
    func details(in range: Range<Int64>, _ reader: DatabaseQueue) throws(LedgerError) -> [StoredDetails] {
        do {
            return try reader.read { db in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: "SELECT contentID, data, checksum FROM details WHERE contentID >= ? AND contentID < ?"),
                    arguments: [range.lowerBound, range.upperBound]
                ).map {
                    try StoredDetails(
                        contentID: $0.decode(atIndex: 0), data: $0.decode(atIndex: 1), checksum: $0.decode(atIndex: 2))
                } + StoredDetails.ofFrames(contents: range, db)
            }
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// MD5 and SHA-1 of contents with a number in `range`.
    func digests(in range: Range<Int64>, _ reader: DatabaseQueue) throws(LedgerError) -> [(Int64, ItemDigests)] {
        do {
            return try reader.read { db in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: "SELECT id, digests FROM content WHERE id >= ? AND id < ? AND digests IS NOT NULL"),
                    arguments: [range.lowerBound, range.upperBound]
                ).compactMap { row in
                    let digests = ItemDigests(bytes: try row.decode(Data.self, atIndex: 1))
                    return try digests.map { (try row.decode(atIndex: 0), $0) }
                }
            }
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// Contents that are byte for byte one of the given files.
    func contents(withDigests digests: [SHA256Digest]) throws(LedgerError) -> [Int64] {
        try reading { db in
            let statement = try db.cachedStatement(sql: "SELECT id FROM content WHERE digestKey = ? AND sha256 = ?")
            return try digests.flatMap { digest in
                try Int64.fetchAll(
                    statement, arguments: [StoredContent.digestKey(digest), Data(digest.bytes)])
            }
        }
    }

    /// The keys of the items that have one of the contents, in byte order.
    func items(ofContents ids: some Sequence<Int64>) throws(LedgerError) -> [(key: [UInt8], contentID: Int64)] {
        var items: [(key: [UInt8], contentID: Int64)] = try reading { db in
            let statement = try db.cachedStatement(sql: "SELECT path FROM item WHERE contentID = ?")
            return try ids.flatMap { id in
                try Data.fetchAll(statement, arguments: [id]).map { ([UInt8]($0), id) }
            }
        }
        items.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return items
    }

    /// An item of a content, as it was examined last; nil when it is gone.
    func examination(of key: [UInt8], content id: Int64) throws(LedgerError) -> Examination? {
        try reading { db in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT \(StoredContent.selection), i.path, i.byteCount AS itemBytes, i.modified, i.inode,
                            i.origin, i.checksum AS itemChecksum FROM item i JOIN content c ON c.id = i.contentID
                        \(StoredContent.joins) WHERE i.contentID = ? AND i.path = ?
                        """), arguments: [id, Data(key)]
            ).map { row in
                let content = try StoredContent(row: row, db)
                let item = StoredItem(
                    path: [UInt8](try row.decode(Data.self, forColumn: "path")),
                    stamp: FileStamp(
                        byteCount: try row.decode(forColumn: "itemBytes"),
                        modified: try row.decode(forColumn: "modified"),
                        inode: try row.decode(forColumn: "inode")),
                    stored: try row.decode(forColumn: "origin"))
                guard try item.checksum(contentID: id) == row.decode(forColumn: "itemChecksum") else {
                    throw DatabaseError(
                        resultCode: .SQLITE_CORRUPT, message: "the record of a file is not what was written")
                }
                return Examination(
                    item: ItemIdentity(
                        provenance: item.provenance, byteCount: content.byteCount, sha256: content.sha256,
                        digests: content.digests),
                    content: content.content, details: content.details)
            }
        }
    }
}

extension Hash256 {
    /// Nil unless there are 32 bytes; for the path on which millions are read.
    init?(storedBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ at: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
        self.init(word(0), word(8), word(16), word(24))
    }
}

import Foundation
import GRDB
public import MediaModel

/// What a list says of one entry, in the registry's terms.
public struct ListedChange: Sendable {
    /// What it is found by; of a withdrawn entry that is named by `key` none.
    public var references: [NewReference]
    /// What the list calls it, where that is not what it is found by; else empty.
    public var key: String
    public var opinion: String?
    public var tags: [String]
    public var isWithdrawn: Bool

    public init(references: [NewReference], key: String, opinion: String?, tags: [String], isWithdrawn: Bool) {
        (self.references, self.key, self.opinion) = (references, key, opinion)
        (self.tags, self.isWithdrawn) = (tags, isWithdrawn)
    }
}

/// What became of a list.
public struct ListSync: Sendable, Hashable {
    public internal(set) var added = 0
    public internal(set) var known = 0
    /// References that no list has any more.
    public internal(set) var removed = 0
    /// References that the list had before and has no more, but that stay because it was not read in full.
    public internal(set) var kept = 0
}

extension Registry {
    /// Makes a case's references those of a list, as far as that goes: what other lists have, or was registered from
    /// media, stays. All of it or, when something is thrown, nothing. What was removed is on the disk until `compact`.
    ///
    /// - Parameters:
    ///   - name: of the list, within the case.
    ///   - read: hands on the entries, within the transaction; returns whether they are all that the list has, so that others go.
    public func sync(
        list name: String, of caseID: CaseID, read: ((ListedChange) throws -> Void) throws -> Bool
    ) throws -> ListSync {
        var sync = ListSync()
        var failure: (any Error)?
        do {
            try database.write { db in
                do { try Self.sync(&sync, name, caseID, db, read) } catch {
                    if !(error is DatabaseError) { failure = error }
                    throw error
                }
            }
        } catch { throw failure ?? RegistryError(error, path: path) }
        return sync
    }

    private static func sync(
        _ sync: inout ListSync, _ name: String, _ caseID: CaseID, _ db: Database,
        _ read: ((ListedChange) throws -> Void) throws -> Bool
    ) throws {
        let now = Registry.now
        try db.execute(
            sql: #"INSERT INTO "case" (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"#,
            arguments: [caseID.rawValue, now])
        let caseRow = try row(of: caseID, db)
        try db.execute(
            sql: """
                INSERT INTO list (caseID, name, round) VALUES (?, ?, 1)
                ON CONFLICT (caseID, name) DO UPDATE SET round = round + 1
                """, arguments: [caseRow, name])
        let list = try Row.fetchOne(
            db, sql: "SELECT id, round FROM list WHERE caseID = ? AND name = ?", arguments: [caseRow, name])!
        let (listID, round): (Int64, Int64) = (try list.decode(atIndex: 0), try list.decode(atIndex: 1))
        // References that have lost a listing.
        var orphans: Set<Int64> = []
        let isAll = try read { change in
            var current: [Int64] = []
            for reference in change.references {
                if change.isWithdrawn {
                    let known = try Int64.fetchOne(
                        db.cachedStatement(sql: "SELECT id FROM reference WHERE caseID = ? AND sha256 = ?"),
                        arguments: [caseRow, Data(reference.sha256.bytes)])
                    if let known { orphans.formUnion(try unlist([known], listID, key: change.key, db)) }
                    continue
                }
                let registration = try add(reference, toCase: caseRow, at: now, db)
                if case .added = registration { sync.added += 1 } else { sync.known += 1 }
                current.append(registration.id.rawValue)
                try db.cachedStatement(
                    sql: """
                        INSERT INTO listing (listID, key, referenceID, round, opinion, tags) VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT (listID, key, referenceID) DO UPDATE
                        SET round = excluded.round, opinion = excluded.opinion, tags = excluded.tags
                        """
                ).execute(arguments: [
                    listID, change.key, registration.id.rawValue, round, change.opinion,
                    change.tags.isEmpty ? nil : change.tags.joined(separator: "\n"),
                ])
                orphans.remove(registration.id.rawValue)
            }
            // What the list found this entry by before.
            if !change.key.isEmpty {
                let had = try Int64.fetchAll(
                    db.cachedStatement(sql: "SELECT referenceID FROM listing WHERE listID = ? AND key = ?"),
                    arguments: [listID, change.key])
                let gone = had.filter { !current.contains($0) }
                orphans.formUnion(try unlist(gone, listID, key: change.key, db))
            }
        }
        let missing = try Row.fetchAll(
            db, sql: "SELECT key, referenceID FROM listing WHERE listID = ? AND round < ?", arguments: [listID, round])
        if isAll {
            for row in missing {
                orphans.formUnion(
                    try unlist([try row.decode(atIndex: 1)], listID, key: try row.decode(atIndex: 0), db))
            }
        } else {
            sync.kept = Set(try missing.map { try $0.decode(Int64.self, atIndex: 1) }).count
        }
        for reference in orphans.sorted() where try removeUnlisted(reference, db) { sync.removed += 1 }
        if sync.removed > 0 { try removeEmptyFindings(db) }
        if sync.added + sync.removed > 0 { try countChange(db) }
    }

    /// Takes references from a list. Returns those that were on it.
    private static func unlist(
        _ references: [Int64], _ listID: Int64, key: String, _ db: Database
    ) throws -> [Int64] {
        try references.filter { reference in
            try db.cachedStatement(sql: "DELETE FROM listing WHERE listID = ? AND key = ? AND referenceID = ?")
                .execute(arguments: [listID, key, reference])
            return db.changesCount > 0
        }
    }

    /// Removes a reference that came from a list and is on none any more.
    private static func removeUnlisted(_ reference: Int64, _ db: Database) throws -> Bool {
        try db.cachedStatement(
            sql: """
                DELETE FROM reference WHERE id = ? AND imported IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM listing WHERE referenceID = reference.id)
                """
        ).execute(arguments: [reference])
        return db.changesCount > 0
    }

    /// Places that only showed what is gone, and of which no person has said anything: what people did stays.
    private static func removeEmptyFindings(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM finding WHERE NOT EXISTS (SELECT 1 FROM findingPair p WHERE p.findingID = finding.id)
                AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.findingID = finding.id AND j.state <> 'found')
                """)
    }

    static func add(_ digest: ListedDigest, of reference: Int64, _ db: Database) throws {
        let data = Data(digest.bytes)
        try db.cachedStatement(
            sql: "INSERT INTO listedDigest (referenceID, kind, digest, checksum) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [
            reference, digest.kind.rawValue, data,
            RegistryChecksum.listed(reference: reference, kind: digest.kind.rawValue, digest: data),
        ])
    }

    /// Digests of references that are known by one only.
    static func listedDigests(_ db: Database) throws -> [ReferenceID: ListedDigest] {
        var found: [ReferenceID: ListedDigest] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT referenceID, kind, digest, checksum FROM listedDigest")
        while let row = try rows.next() {
            let (id, name): (Int64, String) = (try row.decode(atIndex: 0), try row.decode(atIndex: 1))
            let data: Data = try row.decode(atIndex: 2)
            guard try RegistryChecksum.listed(reference: id, kind: name, digest: data) == row.decode(atIndex: 3),
                let kind = ListedDigest.Kind(rawValue: name), let digest = ListedDigest(kind, bytes: data)
            else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "the digest of reference \(id) is not what was written")
            }
            found[ReferenceID(rawValue: id)] = digest
        }
        return found
    }

    /// What lists say of a reference, by their names.
    public func listings(of reference: ReferenceID) throws(RegistryError) -> [Listing] {
        try reading { db in try Self.listings(db, "t.referenceID = ?", [reference.rawValue]).map(\.1) }
    }

    static func listings(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [(ReferenceID, Listing)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT t.referenceID, l.name, t.key, t.opinion, t.tags FROM listing t JOIN list l ON l.id = t.listID
                WHERE \(condition) ORDER BY t.referenceID, l.name, t.key
                """, arguments: arguments
        ).map { row in
            let tags: String? = try row.decode(atIndex: 4)
            return (
                ReferenceID(rawValue: try row.decode(atIndex: 0)),
                Listing(
                    list: try row.decode(atIndex: 1), key: try row.decode(atIndex: 2),
                    opinion: try row.decode(atIndex: 3),
                    tags: tags?.split(separator: "\n").map(String.init) ?? [])
            )
        }
    }
}

/// That a list has a reference, and what it says of it.
public struct Listing: Sendable, Hashable {
    public let list: String
    /// Empty when the entry is named by its hash.
    public let key: String
    public let opinion: String?
    public let tags: [String]
}

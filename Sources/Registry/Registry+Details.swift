import Foundation
import GRDB
public import HashIndex
public import MediaModel

extension Registry {
    /// What a scan searches beside hashes of whole pictures.
    public struct SearchableDetails: Sendable {
        /// In memory.
        public let pictures: [DetailedPicture]
        /// The others, in a file.
        public let stored: StoredDetails?
    }

    /// Pictures and frames that have details.
    static func detailedCount(_ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT (SELECT COUNT(*) FROM referenceDetails d JOIN reference r ON r.id = d.referenceID
                        WHERE r.quality IS NOT NULL) + (SELECT COUNT(*) FROM frameDetails)
                """)!
    }

    /// Pictures and frames that have details, of a case or of all, by reference and time, pictures first.
    static func detailedPictures(_ db: Database, _ caseID: CaseID? = nil) throws -> [StoredPicture] {
        // Not a column behind the data: to get there all of them would be read.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT d.referenceID, -1, r.checksum, d.kept, r.quality
                FROM referenceDetails d JOIN reference r ON r.id = d.referenceID JOIN "case" c ON c.id = r.caseID
                WHERE r.quality IS NOT NULL AND (?1 OR c.name = ?2)
                UNION ALL
                SELECT d.referenceID, d.milliseconds, r.checksum, kept.kept, NULL
                FROM frameDetails d JOIN reference r ON r.id = d.referenceID
                JOIN "case" c ON c.id = r.caseID LEFT JOIN referenceDetails kept ON kept.referenceID = r.id
                WHERE ?1 OR c.name = ?2
                ORDER BY 1, 2
                """, arguments: [caseID == nil, caseID?.rawValue])
        var found: [StoredPicture] = []
        while let row = try rows.next() { found.append(try storedPicture(row)) }
        return found
    }

    /// Of a row of reference, time (-1 for none), checksum, kept and quality.
    private static func storedPicture(_ row: Row) throws -> StoredPicture {
        let (id, time): (Int64, Int32) = (try row.decode(atIndex: 0), try row.decode(atIndex: 1))
        let (kept, quality): (String?, Int?) = (try row.decode(atIndex: 3), try row.decode(atIndex: 4))
        guard time >= 0 || quality != nil else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the frames of reference \(id) are not what was written")
        }
        let kinds = [SearchDepth.quick, .regions, .full]
        return StoredPicture(
            reference: ReferenceID(rawValue: id), milliseconds: time < 0 ? nil : time,
            check: try row.decode(atIndex: 2), kept: UInt8((kinds.firstIndex { $0.kept == kept } ?? -1) + 1),
            quality: quality.map { Quality(rawValue: max(0, min(100, $0))) })
    }

    /// Nil when the picture is not there any more as it was. - Throws: when its details are not what was written.
    static func details(of picture: StoredPicture, _ db: Database) throws -> PictureDetails? {
        let current = try db.cachedStatement(sql: "SELECT checksum FROM reference WHERE id = ?")
        let (id, time) = (picture.reference.rawValue, picture.milliseconds)
        guard try Int64.fetchOne(current, arguments: [id]) == picture.check else { return nil }
        guard let time else {
            let statement = try db.cachedStatement(sql: "SELECT * FROM referenceDetails WHERE referenceID = ?")
            return try Row.fetchOne(statement, arguments: [id]).map { try details($0) }
        }
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM frameDetails WHERE referenceID = ? AND milliseconds = ?")
        return try Row.fetchOne(statement, arguments: [id, time]).map { try frameDetails($0).details }
    }

    /// What is searched of pictures' parts: in memory, or from the details file and what has changed since.
    ///
    /// - Parameter limit: pictures that are searched in memory.
    func searchableDetails(
        _ db: Database, _ caseID: CaseID?, gate: Quality, depth: SearchDepth, limit: Int,
        notice: @escaping @Sendable (String) -> Void
    ) throws -> SearchableDetails {
        guard depth > .quick else { return SearchableDetails(pictures: [], stored: nil) }
        func inMemory() throws -> SearchableDetails {
            SearchableDetails(
                pictures: try Self.details(db, caseID, gate: gate, depth: depth), stored: nil)
        }
        let wanted = try Self.detailedPictures(db, caseID).filter { $0.quality.map { $0 >= gate } ?? true }
        guard wanted.count > limit else { return try inMemory() }
        let (file, pictures): (DetailsFile, [StoredPicture])
        do throws(IndexFileError) {
            file = try DetailsFile(path: detailsPath)
            pictures = try file.pictures()
        } catch {
            // Nobody could make one that is sound.
            if error != .missing {
                notice(Self.notice(error, detailsPath) + " The details are read into memory instead.")
            }
            return try inMemory()
        }
        guard try file.stamp.registry == Self.stamp(db).registry else { return try inMemory() }
        let changes = DetailsChanges(pictures, wanted)
        var added: [DetailedPicture] = []
        for (picture, place) in zip(wanted, changes.places) where place == nil {
            if picture.milliseconds != nil, depth < .full { continue }
            guard let details = try Self.details(of: picture, db) else { continue }
            added.append(
                DetailedPicture(reference: picture.reference, milliseconds: picture.milliseconds, details: details))
        }
        let path = path
        let stored = StoredDetails(
            file: file, pictures: pictures, isLeftOut: changes.isLeftOut,
            fetch: { [self] picture in try reading { db in try Self.details(of: picture, db) } },
            recover: { damage in
                notice(Self.notice(damage, Self.detailsPath(of: path)) + " It is made anew.")
                let registry = try Registry(path: path, access: .reading)
                guard let lock = IndexFileLock(path: registry.detailsPath, waits: true) else { throw damage }
                return try withExtendedLifetime(lock) {
                    guard case .built = try registry.buildDetails(reuses: false) else { throw damage }
                    return try DetailsFile(path: registry.detailsPath)
                }
            })
        return SearchableDetails(pictures: added, stored: stored)
    }
}

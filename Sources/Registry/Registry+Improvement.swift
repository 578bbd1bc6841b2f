import Foundation
import GRDB
import MediaModel

/// What a reference that was registered again gained.
public struct ReferenceImprovement: Sendable, Hashable {
    /// Found by its hashes from now on, not by its bytes only.
    public var hashes = false
    /// What was kept of it before ("plain", "crops"), when more is kept now.
    public var keptBefore: String?
    public var name = false

    var isNone: Bool { self == ReferenceImprovement() }
    /// Whether a search can find more.
    var isSearched: Bool { hashes || keptBefore != nil }
}

extension Registry {
    /// Gives a reference that is registered again what it lacks; nothing is taken from it, and its number stays, because
    /// reports and findings name it.
    static func improve(
        _ id: Int64, with new: NewReference, _ db: Database
    ) throws -> ReferenceImprovement {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT r.*, COALESCE(d.kept, 'plain') AS kept FROM reference r
                LEFT JOIN referenceDetails d ON d.referenceID = r.id WHERE r.id = ?
                """, arguments: [id])!
        try checkReference(row)
        let kept: String = try row.decode(forColumn: "kept")
        var gained = ReferenceImprovement()
        gained.hashes = try row.decode(String?.self, forColumn: "bytesOnlyReason") != nil && new.bytesOnly == nil
        if new.bytesOnly == nil, !gained.hashes, (SearchDepth.allCases.first { $0.kept == kept } ?? .quick) < new.kept {
            gained.keptBefore = kept
        }
        gained.name = try row.decode(String?.self, forColumn: "fileName") == nil && new.fileName != nil
        if gained.name {
            try db.execute(sql: "UPDATE reference SET fileName = ? WHERE id = ?", arguments: [new.fileName, id])
        }
        guard gained.isSearched else { return gained }
        for table in ["referenceDetails", "frameDetails"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE referenceID = ?", arguments: [id])
        }
        // The same file gives the same hashes, but an older version or a higher gate gave fewer.
        let hashCount: Int = try row.decode(forColumn: "hashCount")
        if new.hashCount > hashCount {
            try db.execute(sql: "DELETE FROM referenceHash WHERE referenceID = ?", arguments: [id])
            try insertHashes(of: new, id, db)
            let caseRow: Int64 = try row.decode(forColumn: "caseID")
            try db.execute(
                sql: """
                    UPDATE reference SET byteCount = ?, format = ?, width = ?, height = ?, quality = ?, duration = ?,
                        bytesOnlyReason = NULL, hashCount = ?, imported = NULL, checksum = ? WHERE id = ?
                    """,
                arguments: [
                    new.byteCount, new.format.rawValue, new.width, new.height, new.quality?.rawValue, new.duration,
                    new.hashCount,
                    RegistryChecksum.reference(
                        caseID: caseRow, sha256: Data(new.sha256.bytes), quality: new.quality?.rawValue,
                        duration: new.duration, bytesOnly: nil, hashCount: new.hashCount),
                    id,
                ])
        }
        try insertDetails(of: new, id, db)
        return gained
    }

    /// References that are compared by hash, but of which too little is kept for a search of this depth; nil if there are
    /// none.
    static func notice(ofReferencesBelow depth: SearchDepth, _ caseID: CaseID?, _ db: Database) throws -> String? {
        guard depth > .quick else { return nil }
        let enough = depth == .full ? "('full')" : "('crops', 'full')"
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT COUNT(*) AS total, SUM(d.kept IS NULL OR d.kept NOT IN \(enough)) AS below
                FROM reference r JOIN "case" c ON c.id = r.caseID
                LEFT JOIN referenceDetails d ON d.referenceID = r.id
                WHERE r.bytesOnlyReason IS NULL AND (r.duration IS NULL OR ?) AND (? OR c.name = ?)
                """, arguments: [depth == .full, caseID == nil, caseID?.rawValue])!
        let (total, below): (Int, Int?) = (try row.decode(forColumn: "total"), try row.decode(forColumn: "below"))
        guard let below, below > 0 else { return nil }
        let copies = depth == .full ? "Copies that are cropped, tilted or covered" : "Cropped copies"
        return
            "Of \(below) of \(total) references too little is kept for --depth \(depth == .full ? "full" : "regions"). \(copies) are not found of them until they are registered again with --keep \(depth == .full ? "full" : "crops"); `ansim registry show` says what is kept."
    }
}

extension NewReference {
    var hashCount: Int { hashes.count + frames.reduce(0) { $0 + $1.hashes.count } }
}

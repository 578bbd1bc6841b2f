import GRDB

/// The ledger's tables.
///
/// `content` holds what is known of bytes, once however many items have them; `feature` its hash, apart
/// and narrow, because a re-match reads all hashes and nothing else; `details` its regions and local features; `frames` a
/// video's, some hundred a row, `frameDetails` what `details` is for pictures; `item` where the bytes were; `unexamined`
/// what is no item yet, because its bytes could not be had.
/// Matches are not in it: they follow from the registry at any time.
enum LedgerSchema {
    /// "ANSL", in SQLite's application_id.
    static let applicationID: Int32 = 0x414E_534C

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.create(table: "settings", options: .strict) { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("digest", .text).notNull().unique()
            }
            try db.create(table: "content", options: .strict) { t in
                t.autoIncrementedPrimaryKey("id")
                // The digest's first 8 bytes: an index over them is a third of one over all.
                t.column("digestKey", .integer).notNull().indexed()
                t.column("sha256", .blob).notNull()
                t.column("settingsID", .integer).notNull().references("settings")
                t.column("byteCount", .integer).notNull()
                t.column("format", .text).notNull()
                t.column("width", .integer)
                t.column("height", .integer)
                t.column("exifOrientation", .integer)
                t.column("quality", .integer)
                t.column("degenerate", .integer)
                t.column("furtherFrames", .integer)
                t.column("precision", .text)
                t.column("container", .text)
                t.column("codec", .text)
                t.column("rotation", .integer)
                t.column("duration", .integer)
                t.column("framesPerSecond", .real)
                t.column("frameCount", .integer)
                t.column("damage", .text)
                t.column("verdict", .text)
                t.column("reason", .text)
                t.column("detail", .text)
                t.column("checksum", .integer).notNull()
            }
            try db.create(table: "feature", options: .strict) { t in
                t.primaryKey("contentID", .integer)
                t.column("hash", .blob).notNull()
                // -1 when the hash is noise.
                t.column("quality", .integer).notNull()
                t.column("checksum", .integer).notNull()
            }
            try db.create(table: "frames", options: [.withoutRowID, .strict]) { t in
                t.column("contentID", .integer).notNull()
                t.column("part", .integer).notNull()
                t.column("data", .blob).notNull()
                t.column("checksum", .integer).notNull()
                t.primaryKey(["contentID", "part"])
            }
            try db.create(table: "item", options: [.withoutRowID, .strict]) { t in
                t.primaryKey("path", .blob)
                t.column("byteCount", .integer).notNull()
                t.column("modified", .integer).notNull()
                t.column("inode", .integer).notNull()
                t.column("contentID", .integer).notNull().indexed()
                t.column("checksum", .integer).notNull()
            }
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        migrator.registerMigration("2") { db in
            // Regions and features of pictures, all of one in a row.
            try db.create(table: "details", options: .strict) { t in
                t.primaryKey("contentID", .integer)
                t.column("data", .blob).notNull()
                t.column("checksum", .integer).notNull()
            }
        }
        migrator.registerMigration("3") { db in
            // The same of a video's frames, of those that have them; by the frame's number.
            try db.create(table: "frameDetails", options: [.withoutRowID, .strict]) { t in
                t.column("contentID", .integer).notNull()
                t.column("number", .integer).notNull()
                t.column("data", .blob).notNull()
                t.column("checksum", .integer).notNull()
                t.primaryKey(["contentID", "number"])
            }
        }
        migrator.registerMigration("4") { db in
            // Of archives' members and of what a sidecar or a line told: JSON.
            try db.alter(table: "item") { t in t.add(column: "origin", .blob) }
        }
        migrator.registerMigration("5") { db in
            // MD5 and SHA-1, `ItemDigests`; null of what an older version examined.
            try db.alter(table: "content") { t in t.add(column: "digests", .blob) }
        }
        migrator.registerMigration("6") { db in
            try db.create(table: "unexamined", options: [.withoutRowID, .strict]) { t in
                t.column("path", .blob).notNull()
                // As an item's; empty where there is none.
                t.column("origin", .blob).notNull()
                t.column("settingsID", .integer).notNull().references("settings")
                t.column("verdict", .text).notNull()
                t.column("reason", .text).notNull()
                t.column("detail", .text).notNull()
                t.primaryKey(["path", "origin"])
            }
        }
        return migrator
    }
}

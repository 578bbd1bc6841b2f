import GRDB

/// The registry's tables, one migration a version.
enum RegistrySchema {
    /// "ANSM", in SQLite's application_id: tells a registry from any other database.
    static let applicationID: Int32 = 0x414E_534D

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.create(table: "case", options: .strict) { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("name", .text).notNull().unique()
                t.column("created", .text).notNull()
            }
            try db.create(table: "reference", options: .strict) { t in
                // Numbers are never given twice: old reports name them.
                t.autoIncrementedPrimaryKey("id")
                t.column("caseID", .integer).notNull().indexed().references("case", onDelete: .cascade)
                t.column("sha256", .blob).notNull().check { length($0) == 32 }
                t.column("byteCount", .integer).notNull()
                t.column("format", .text).notNull()
                t.column("width", .integer)
                t.column("height", .integer)
                t.column("quality", .integer)
                // Of a video, in ms.
                t.column("duration", .integer)
                // Null when the reference is compared by hash; else why only by bytes.
                t.column("bytesOnlyReason", .text)
                // How many rows of referenceHash belong to it.
                t.column("hashCount", .integer).notNull()
                t.column("fileName", .text)
                t.column("registered", .text).notNull()
                t.column("checksum", .integer).notNull()
                t.uniqueKey(["caseID", "sha256"])
            }
            try db.create(table: "referenceHash", options: [.withoutRowID, .strict]) { t in
                t.column("referenceID", .integer).notNull().references("reference", onDelete: .cascade)
                // In the order of registration; 0 is the picture's own hash.
                t.column("number", .integer).notNull()
                t.column("orientation", .integer).notNull().check { $0 >= 0 && $0 < 8 }
                t.column("convention", .text).notNull()
                // Of a video's frame; null for a picture.
                t.column("milliseconds", .integer)
                t.column("quality", .integer)
                t.column("hash", .blob).notNull().check { length($0) == 32 }
                t.column("checksum", .integer).notNull()
                t.primaryKey(["referenceID", "number"])
            }
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        migrator.registerMigration("2") { db in
            // What a picture is found by beside its hashes.
            try db.create(table: "referenceDetails", options: .strict) { t in
                t.primaryKey("referenceID", .integer).references("reference", onDelete: .cascade)
                // "plain", "crops" or "full".
                t.column("kept", .text).notNull()
                // `PictureDetails`.
                t.column("data", .blob).notNull()
                t.column("checksum", .integer).notNull()
            }
        }
        migrator.registerMigration("3") { db in
            // What tells an index file whose it is, and of what state.
            try db.create(table: "state", options: .strict) { t in
                t.primaryKey("id", .integer).check { $0 == 0 }
                t.column("identity", .blob).notNull().check { length($0) == 16 }
                // Counts the changes of references.
                t.column("generation", .integer).notNull()
            }
            try db.execute(sql: "INSERT INTO state VALUES (0, randomblob(16), 0)")
        }
        migrator.registerMigration("4") { db in
            // The same of some of a video's frames.
            try db.create(table: "frameDetails", options: [.withoutRowID, .strict]) { t in
                t.column("referenceID", .integer).notNull().references("reference", onDelete: .cascade)
                t.column("milliseconds", .integer).notNull()
                t.column("data", .blob).notNull()
                t.column("checksum", .integer).notNull()
                t.primaryKey(["referenceID", "milliseconds"])
            }
        }
        registerCases(&migrator)
        migrator.registerMigration("imported") { db in
            // Null for what was registered from media; else "pdq" or "sha256".
            try db.execute(sql: "ALTER TABLE reference ADD COLUMN imported TEXT")
        }
        registerLists(&migrator)
        return migrator
    }
}

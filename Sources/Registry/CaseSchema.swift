import GRDB

extension RegistrySchema {
    /// What was found of a case and what was done about it. It lies in the registry so that a case that is removed there
    /// is nowhere else, and so that scans see it in the same snapshot as the references.
    static func registerCases(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("cases") { db in
            // Keeps digests of the registry from telling anything of what is in it.
            try db.create(table: "registryMark", options: .strict) { t in
                t.primaryKey("id", .integer).check { $0 == 1 }
                t.column("salt", .blob).notNull()
            }
            try db.execute(sql: "INSERT INTO registryMark (id, salt) VALUES (1, randomblob(16))")
            try db.create(table: "caseEvent", options: .strict) { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("caseID", .integer).notNull().indexed().references("case", onDelete: .cascade)
                t.column("kind", .text).notNull()
                t.column("time", .text).notNull()
                t.column("note", .text)
                t.column("checksum", .integer).notNull()
            }
            try db.create(table: "finding", options: .strict) { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("caseID", .integer).notNull().references("case", onDelete: .cascade)
                // URL, or absolute path.
                t.column("place", .text).notNull()
                // Of the URL; empty for a path.
                t.column("host", .text).notNull()
                t.uniqueKey(["caseID", "place"])
            }
            // Each row is one thing that happened; the last one is the finding's state.
            try db.create(table: "journal", options: .strict) { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("findingID", .integer).notNull().indexed().references("finding", onDelete: .cascade)
                t.column("state", .text).notNull()
                t.column("time", .text).notNull()
                t.column("note", .text)
                t.column("checksum", .integer).notNull()
            }
            try db.create(table: "findingPair", options: [.withoutRowID, .strict]) { t in
                t.column("sha256", .blob).notNull().check { length($0) == 32 }
                t.column("referenceID", .integer).notNull().references("reference", onDelete: .cascade)
                t.column("findingID", .integer).notNull().indexed().references("finding", onDelete: .cascade)
                t.column("distance", .integer).notNull()
                t.column("found", .text).notNull()
                // The journal's row that tells of it: what was decided before does not cover it.
                t.column("journalID", .integer).notNull()
                t.column("checksum", .integer).notNull()
                t.primaryKey(["sha256", "referenceID", "findingID"])
            }
            // Records that were read, so that no item is counted twice.
            try db.create(table: "readRecords", options: .strict) { t in
                t.primaryKey("sha256", .blob)
                t.column("time", .text).notNull()
                t.column("items", .integer).notNull()
            }
            // Append-only: rows go only with their case.
            for table in ["journal", "caseEvent", "findingPair"] {
                try db.execute(
                    sql: """
                        CREATE TRIGGER \(table)IsAppendOnly BEFORE UPDATE ON \(table)
                        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
                        """)
            }
        }
    }
}

import GRDB

extension RegistrySchema {
    /// Lists of other tools and of exchanges, and which references they vouch for.
    static func registerLists(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("lists") { db in
            try db.create(table: "list", options: .strict) { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("caseID", .integer).notNull().references("case", onDelete: .cascade)
                t.column("name", .text).notNull()
                // Counts the imports.
                t.column("round", .integer).notNull()
                t.uniqueKey(["caseID", "name"])
            }
            try db.create(table: "listing", options: [.withoutRowID, .strict]) { t in
                t.column("listID", .integer).notNull().references("list", onDelete: .cascade)
                // What the list calls the entry; empty when it is named by its hash.
                t.column("key", .text).notNull()
                t.column("referenceID", .integer).notNull().indexed().references("reference", onDelete: .cascade)
                // The last import that had it.
                t.column("round", .integer).notNull()
                t.column("opinion", .text)
                // Separated by line feeds.
                t.column("tags", .text)
                t.primaryKey(["listID", "key", "referenceID"])
            }
            // Of references that are known by a digest only.
            try db.create(table: "listedDigest", options: .strict) { t in
                t.primaryKey("referenceID", .integer).references("reference", onDelete: .cascade)
                t.column("kind", .text).notNull()
                t.column("digest", .blob).notNull()
                t.column("checksum", .integer).notNull()
            }
        }
    }
}

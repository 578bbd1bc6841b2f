import GRDB
import HashIndex
import MediaModel

extension IndexFileBuilder {
    /// Adds the references that have hashes, those that an old file has as they are from there.
    ///
    /// - Parameter rows: all references.
    mutating func add(
        _ old: (file: IndexFile, references: [StoredReference])?, _ rows: [Registry.SearchedReference], _ db: Database
    ) throws {
        guard let old else { return try add(rows, of: nil, db) }
        let changes = IndexChanges(old.references, rows)
        var (kept, added) = (0, 0)
        for row in rows where row.hashCount > 0 {
            if added < changes.added.count, changes.added[added].id == row.id {
                try add([row], of: row.id, db)
                added += 1
                continue
            }
            while old.references[kept].id < row.id { kept += 1 }
            add(old.references[kept], of: old.file)
        }
    }

    /// From the tables, the hashes of one of `rows`, or of all.
    private mutating func add(
        _ rows: [Registry.SearchedReference], of reference: ReferenceID?, _ db: Database
    ) throws {
        var next = 0
        var collected: [StoredEntry] = []
        func flush(_ builder: inout IndexFileBuilder) {
            guard !collected.isEmpty else { return }
            builder.add(collected, of: rows[next].id, check: rows[next].check)
            collected.removeAll(keepingCapacity: true)
        }
        try Registry.eachHash(db, of: reference) { reference, entry in
            if rows[next].id != reference {
                flush(&self)
                while rows[next].id < reference { next += 1 }
            }
            collected.append(entry)
        }
        flush(&self)
    }
}

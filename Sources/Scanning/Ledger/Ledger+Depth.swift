import GRDB
public import MediaModel

extension Ledger {
    /// Pictures of which nothing but the hash of the whole is known, because a quick scan examined them; and all that can
    /// be compared.
    public func picturesWithoutDetails(gate: Quality) throws(LedgerError) -> (count: Int, all: Int) {
        try reading { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT SUM(d.contentID IS NULL), COUNT(*) FROM feature f LEFT JOIN details d ON d.contentID = f.contentID
                    WHERE f.quality >= ?
                    """, arguments: [gate.rawValue])!
            return (try row.decode(Int?.self, atIndex: 0) ?? 0, try row.decode(atIndex: 1))
        }
    }

    /// Items whose MD5 and SHA-1 are not known.
    public func itemsWithoutDigests() throws(LedgerError) -> Int {
        try reading { db in
            try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM item i JOIN content c ON c.id = i.contentID WHERE c.digests IS NULL")!
        }
    }
}

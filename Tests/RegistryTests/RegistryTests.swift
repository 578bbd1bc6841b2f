import Foundation
import GRDB
import HashIndex
import MediaModel
import Registry
import TestSupport
import Testing

@Suite struct RegistryBehaviour {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/sub/registry.sqlite" }
    private let first = CaseID(rawValue: "first")!
    private let second = CaseID(rawValue: "둘째")!

    private func reference(_ number: UInt8, quality: Int = 90, bytesOnly: BytesOnlyReason? = nil) -> NewReference {
        NewReference(
            sha256: SHA256Digest(bytes: [UInt8](repeating: number, count: 32))!, byteCount: 10, format: .jpeg,
            width: 640,
            height: 480, quality: Quality(rawValue: quality),
            hashes: bytesOnly == nil
                ? Dihedral.allCases.map { OrientedHash(orientation: $0, hash: marker(number, Int($0.rawValue))) } : [],
            bytesOnly: bytesOnly, fileName: nil)
    }

    /// A hash whose bytes can be looked for in the file.
    private func marker(_ number: UInt8, _ orientation: Int) -> Hash256 {
        let word = 0x4153_4E53_494D_0000 | UInt64(number) << 8 | UInt64(orientation)
        return Hash256(word, ~word, word &* 3, word &* 5)
    }

    @Test func keepsWhatIsAdded() throws {
        let results = try Registry(path: path, access: .makingIfMissing).add([reference(1), reference(2)], to: first)
        #expect(results == [.added(ReferenceID(rawValue: 1)), .added(ReferenceID(rawValue: 2))])

        let registry = try Registry(path: path, access: .existing)
        #expect(try registry.cases().map(\.references) == [2])
        let found = try registry.reference(ReferenceID(rawValue: 2))
        #expect(found.caseID == first && found.hashCount == 8 && found.quality == 90 && found.width == 640)
        let snapshot = try registry.snapshot(qualityGate: .usualGate)
        #expect(snapshot.references.map(\.id.rawValue) == [1, 2])
        #expect(snapshot.entries.count == 16)
        #expect(
            snapshot.entries[9]
                == IndexEntry(hash: marker(2, 1), reference: ReferenceID(rawValue: 2), orientation: .rot90))
    }

    @Test func countsTheSameFileOnceACase() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        let results = try registry.add([reference(1), reference(1)], to: first)
        #expect(results == [.added(ReferenceID(rawValue: 1)), .known(ReferenceID(rawValue: 1))])
        #expect(try registry.add([reference(1)], to: second) == [.added(ReferenceID(rawValue: 2))])
        #expect(try registry.statistics().references == 2)
    }

    @Test func leavesPoorHashesOutOfTheIndexButNotTheirBytes() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add([reference(1, bytesOnly: .degenerate), reference(2, quality: 60)], to: first)
        let snapshot = try registry.snapshot(qualityGate: Quality(rawValue: 70))
        #expect(snapshot.references.count == 2)
        #expect(snapshot.entries.isEmpty)
        #expect(try registry.snapshot(qualityGate: .usualGate).entries.count == 8)
    }

    /// A victim who withdraws must be gone from the disk, not only from the tables.
    @Test func leavesNoHashOnTheDiskAfterRemoval() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add((1...40).map { reference($0) }, to: first)
        _ = try registry.add([reference(99)], to: second)
        #expect(onDisk(marker(7, 3)) && onDisk(marker(99, 0)))

        #expect(try registry.remove(caseID: first) == 40)
        for number in UInt8(1)...40 { for turn in 0..<8 { #expect(!onDisk(marker(number, turn))) } }
        #expect(onDisk(marker(99, 0)))
        #expect(try registry.cases().map(\.id) == [second])
        #expect(try registry.problems().isEmpty)
    }

    @Test func removesSingleReferencesAndNeverReusesNumbers() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add([reference(1), reference(2)], to: first)
        try registry.remove(references: [ReferenceID(rawValue: 2)])
        #expect(!onDisk(marker(2, 0)))
        #expect(try registry.add([reference(3)], to: first) == [.added(ReferenceID(rawValue: 3))])
    }

    @Test func removesAllOrNothing() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add([reference(1)], to: first)
        #expect(throws: RegistryError.unknownReference(5)) {
            try registry.remove(references: [ReferenceID(rawValue: 1), ReferenceID(rawValue: 5)])
        }
        #expect(try registry.statistics().references == 1)
        #expect(throws: RegistryError.unknownCase("둘째")) { try registry.remove(caseID: second) }
        #expect(throws: RegistryError.unknownCase("둘째")) { try registry.references(of: second) }
    }

    @Test func isReadableByItsOwnerAlone() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add([reference(1)], to: first)
        func mode(_ path: String) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(try mode(folder.path + "/sub") == 0o700)
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            #expect(try mode(path + suffix) == 0o600)
        }
    }

    @Test func refusesWhatIsNoRegistry() throws {
        #expect(throws: RegistryError.missing(path: path)) { try Registry(path: path, access: .existing) }
        let text = try folder.write(
            Data("a letter, not a database, and long enough to be read as one".utf8), to: "letter"
        ).path
        #expect(throws: RegistryError.notARegistry(path: text)) { try Registry(path: text, access: .makingIfMissing) }
        #expect(try String(contentsOfFile: text, encoding: .utf8).hasPrefix("a letter"))

        let other = folder.path + "/other.sqlite"
        try DatabaseQueue(path: other).write { db in
            try db.execute(sql: "PRAGMA application_id = 7; CREATE TABLE t (x)")
        }
        #expect(throws: RegistryError.notARegistry(path: other)) { try Registry(path: other, access: .existing) }
        let foreign = folder.path + "/foreign.sqlite"
        try DatabaseQueue(path: foreign).write { db in try db.execute(sql: "CREATE TABLE t (x)") }
        #expect(throws: RegistryError.notARegistry(path: foreign)) { try Registry(path: foreign, access: .existing) }
    }

    @Test func refusesARegistryOfANewerVersion() throws {
        _ = try Registry(path: path, access: .makingIfMissing)
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')")
        }
        #expect(throws: RegistryError.newerVersion(path: path)) { try Registry(path: path, access: .existing) }
    }

    @Test func saysWhenAnotherProcessHoldsTheLock() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        let other = try DatabaseQueue(path: path)
        try other.inDatabase { db in
            try db.execute(sql: "BEGIN EXCLUSIVE")
            #expect(throws: RegistryError.locked(path: path)) { try registry.add([reference(1)], to: first) }
            // Reading goes on: a scan does not wait for a registration.
            #expect(try registry.statistics().references == 0)
            try db.execute(sql: "ROLLBACK")
        }
        #expect(try registry.add([reference(1)], to: first).count == 1)
    }

    @Test func findsWhatIsWrong() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add([reference(1)], to: first)
        #expect(try registry.problems().isEmpty)
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "DELETE FROM referenceHash WHERE orientation = 3")
        }
        #expect(try registry.problems() == ["Reference 1 has 7 hashes instead of 8."])
    }

    /// SQLite does not notice; a flipped hash would be a miss that nobody sees.
    @Test(arguments: [
        "UPDATE referenceHash SET hash = zeroblob(32) WHERE number = 3", "UPDATE reference SET sha256 = zeroblob(32)",
        "UPDATE reference SET quality = 0", "UPDATE referenceHash SET orientation = 1 WHERE number = 2",
    ])
    func noticesChangedRows(sql: String) throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add([reference(1)], to: first)
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        #expect(try registry.problems().count == 1)
        let error = try #require(throws: RegistryError.self) {
            try registry.snapshot(qualityGate: Quality(rawValue: 0))
        }
        guard case .damaged = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func saysWhenItIsDamaged() throws {
        let registry = try Registry(path: path, access: .makingIfMissing)
        _ = try registry.add((1...200).map { reference($0) }, to: first)
        try registry.remove(references: [ReferenceID(rawValue: 1)])  // empties the log into the file
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        for offset in stride(from: UInt64(8192), to: try file.seekToEnd(), by: 4096) {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data(repeating: 0xEE, count: 200))
        }
        try file.close()
        #expect(throws: RegistryError.self) {
            let damaged = try Registry(path: path, access: .existing)
            _ = try damaged.snapshot(qualityGate: .usualGate)
        }
    }

    private func onDisk(_ hash: Hash256) -> Bool {
        ["", "-wal"].contains { suffix in
            guard let data = FileManager.default.contents(atPath: path + suffix) else { return false }
            return data.range(of: Data(hash.bytes)) != nil
        }
    }
}

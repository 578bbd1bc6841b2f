import Foundation
import HashIndex
import MediaModel
import TestSupport
import Testing

@Suite struct IndexFileSearch {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/registry.index" }

    /// Adding, removing, compacting and opening again, in any order: what is found is what a scan of all that is there
    /// finds.
    @Test(arguments: 1...6) func findsWhatTheFlatIndexFindsWhateverWasDone(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var world = World(&random)
        world.add(20, &random)
        try world.compact(to: path)
        var file = try IndexFile(path: path)
        for step in 0..<40 {
            switch random.next() % 5 {
            case 0, 1: world.add(Int(random.next() % 30) + 1, &random)
            case 2: world.remove(Int(random.next() % 20), &random)
            case 3: try world.compact(to: path)
            default: file = try IndexFile(path: path)  // another one until then, as a process that runs on has
            }
            let gate = Quality(rawValue: [0, 50, 80][step % 3])
            let index = try world.index(file, gate: gate)
            let queries = world.queries(step % 4 == 0 ? 60 : 3, &random)
            for radius in [0, 15, 31, 34, 50] {
                let expected = FlatIndex(entries: world.entries(gate: gate)).search(queries, radius: radius)
                #expect(byReference(index.search(queries, radius: radius)) == byReference(expected))
            }
            #expect(index.failure == nil)
        }
    }

    @Test func findsAsMuchBeforeAllBlocksAreCheckedAsAfterwards() throws {
        var random = SeededGenerator(seed: 5)
        var world = World(&random)
        world.add(900, &random)
        let bytes = world.bytes()
        let queries = world.queries(60, &random)
        let expected = FlatIndex(entries: world.entries(gate: .usualGate)).search(queries, radius: 31)
        let (touched, checked) = (try IndexFile(bytes: bytes), try IndexFile(bytes: bytes))
        try checked.checkAll()
        for (number, query) in queries.enumerated() {
            let alone = expected.filter { $0.query == number }.map {
                IndexHit(
                    query: 0, reference: $0.reference, orientation: $0.orientation, milliseconds: $0.milliseconds,
                    distance: $0.distance)
            }
            #expect(try search(touched, [query]) == alone)
            #expect(try search(checked, [query]) == alone)
        }
        #expect(try search(checked, queries) == expected)
    }

    @Test func tellsTheTimesOfFrames() throws {
        let entries = [0, 0, 40, 40, 90].map {
            StoredEntry(
                hash: .zero, orientation: .orig, milliseconds: $0, quality: Quality(rawValue: $0 == 40 ? 20 : 90))
        }
        var builder = IndexFileBuilder(expected: 0)
        builder.add(entries, of: ReferenceID(rawValue: 7), check: 1)
        let file = try IndexFile(bytes: builder.bytes(stamp: World.stamp))
        #expect(try file.references() == [StoredReference(id: ReferenceID(rawValue: 7), check: 1, rows: 0..<5)])
        #expect(try file.frameTimes(0..<5, gate: .usualGate) == [0, 90])
        #expect(try file.frameTimes(0..<5, gate: Quality(rawValue: 0)) == [0, 40, 90])
    }

    @Test func holdsNothingToo() throws {
        let file = try IndexFile(bytes: IndexFileBuilder(expected: 0).bytes(stamp: World.stamp))
        #expect(file.count == 0 && file.stamp == World.stamp)
        #expect(try file.references().isEmpty)
        #expect(try search(file, [.zero]).isEmpty)
        try file.checkAll()
    }

    @Test func isTheSameBytesFromTheSameEntriesAndReadableByItsOwnerAlone() throws {
        var random = SeededGenerator(seed: 2)
        var world = World(&random)
        world.add(50, &random)
        try world.compact(to: path)
        #expect(try Array(Data(contentsOf: URL(filePath: path))) == world.bytes())
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["registry.index"])
    }

    @Test func keepsWhatWasOpenedWhenItIsReplaced() throws {
        var random = SeededGenerator(seed: 3)
        var world = World(&random)
        world.add(40, &random)
        try world.compact(to: path)
        let old = try IndexFile(path: path)
        let query = world.entries(gate: .usualGate)[0].hash
        let before = try search(IndexFile(path: path), [query])
        try IndexFileBuilder(expected: 0).write(to: path, stamp: World.stamp)
        #expect(try search(old, [query]) == before && !before.isEmpty)
        #expect(try search(IndexFile(path: path), [query]).isEmpty)
    }

    /// A descriptor that was opened before shows what became of the old file's bytes.
    @Test func overwritesWhatItReplacesUnlessSomebodyReadsIt() throws {
        var random = SeededGenerator(seed: 4)
        var world = World(&random)
        world.add(40, &random)
        let bytes = world.bytes()
        for isRead in [false, true] {
            try world.compact(to: path)
            let reader = isRead ? try IndexFile(path: path) : nil
            let old = try #require(FileHandle(forReadingAtPath: path))
            try IndexFileBuilder(expected: 0).write(to: path, stamp: World.stamp)
            let left = try old.readToEnd() ?? Data()
            #expect(
                left.count == bytes.count && left.elementsEqual(bytes) == isRead
                    && left.allSatisfy { $0 == 0 } != isRead)
            try reader?.checkAll()
        }
        try world.compact(to: path)
        let old = try #require(FileHandle(forReadingAtPath: path))
        IndexFileLock.removeFiles(of: path)
        let left = try old.readToEnd() ?? Data()
        #expect(left.count == bytes.count && left.allSatisfy { $0 == 0 })
        #expect(throws: IndexFileError.missing) { try IndexFile(path: path) }
    }

    @Test func isBuiltByOneAtATime() throws {
        let first = IndexFileLock(path: path, waits: false)
        #expect(first != nil && IndexFileLock(path: path, waits: false) == nil)
        withExtendedLifetime(first) {}
        #expect(IndexFileLock(path: folder.path + "/missing/index", waits: true) == nil)
    }

    private func search(_ file: IndexFile, _ queries: [Hash256]) throws -> [IndexHit] {
        let references = try file.references()
        return try file.search(
            queries, radius: 31, gate: .usualGate, references: references,
            isLeftOut: references.map { _ in false })
    }

    /// Across references the order is open.
    private func byReference(_ hits: [IndexHit]) -> [[IndexHit]] {
        Dictionary(grouping: hits) { [Int64($0.query), $0.reference.rawValue] }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }
}
